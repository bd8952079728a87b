// SPDX-License-Identifier: MIT

// The small response, and the files of a folder when one is named, in Go; with --put, files can be
// put into it.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

func hello(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	answer.Write([]byte("Hello, World!"))
}

// Whole or not at all, as the others do.
func put(folder string) http.HandlerFunc {
	return func(answer http.ResponseWriter, asked *http.Request) {
		made, err := os.CreateTemp(folder, "put")
		if err == nil {
			_, err = io.Copy(made, asked.Body)
			made.Close()
		}
		if err == nil {
			err = os.Rename(made.Name(), filepath.Join(folder, filepath.Base(asked.URL.Path)))
		}
		if err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
			return
		}
		answer.WriteHeader(http.StatusNoContent)
	}
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %v with Go\n", listener.Addr())
	if len(os.Args) > 2 {
		http.Handle("/", put(os.Args[1]))
	} else if len(os.Args) > 1 {
		http.Handle("/", http.FileServer(http.Dir(os.Args[1])))
	} else {
		http.HandleFunc("/", hello)
	}
	http.Serve(listener, nil)
}
