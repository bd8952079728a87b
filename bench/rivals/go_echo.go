// SPDX-License-Identifier: MIT

// The echo server in Go: a goroutine for each connection. With --udp the datagram kind.
package main

import (
	"fmt"
	"net"
	"os"
)

func echo(peer net.Conn) {
	defer peer.Close()
	room := make([]byte, 65536)
	for {
		size, err := peer.Read(room)
		if err != nil {
			return
		}
		if _, err = peer.Write(room[:size]); err != nil {
			return
		}
	}
}

func serveDatagrams() {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %v with Go\n", socket.LocalAddr())
	room := make([]byte, 65536)
	for {
		size, peer, err := socket.ReadFromUDPAddrPort(room)
		if err == nil {
			socket.WriteToUDPAddrPort(room[:size], peer)
		}
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--udp" {
		serveDatagrams()
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %v with Go\n", listener.Addr())
	for {
		if peer, err := listener.Accept(); err == nil {
			go echo(peer)
		}
	}
}
