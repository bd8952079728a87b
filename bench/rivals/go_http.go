// SPDX-License-Identifier: MIT

// The small response, and the files of a folder when one is named, in Go.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func hello(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	answer.Write([]byte("Hello, World!"))
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %v with Go\n", listener.Addr())
	if len(os.Args) > 1 {
		http.Handle("/", http.FileServer(http.Dir(os.Args[1])))
	} else {
		http.HandleFunc("/", hello)
	}
	http.Serve(listener, nil)
}
