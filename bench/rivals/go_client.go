// SPDX-License-Identifier: MIT

// Asks for one URL over and over in Go: go_client URL --connections N --seconds S
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"
)

func ask(client *http.Client, url string, until time.Time) (times []int) {
	for {
		begun := time.Now()
		if begun.After(until) {
			return
		}
		answer, err := client.Get(url)
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		times = append(times, int(time.Since(begun).Microseconds()))
	}
}

func runFor(client *http.Client, url string, count int, span time.Duration) (all []int) {
	var lock sync.Mutex
	var group sync.WaitGroup
	until := time.Now().Add(span)
	for i := 0; i < count; i++ {
		group.Add(1)
		go func() {
			times := ask(client, url, until)
			lock.Lock()
			all = append(all, times...)
			lock.Unlock()
			group.Done()
		}()
	}
	group.Wait()
	return
}

func main() {
	url := os.Args[1]
	count, _ := strconv.Atoi(os.Args[3])
	seconds, _ := strconv.ParseFloat(os.Args[5], 64)
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConns: count, MaxIdleConnsPerHost: count, DisableCompression: true}}
	runFor(client, url, count, 300*time.Millisecond)
	fmt.Println("go")
	begun := time.Now()
	all := runFor(client, url, count, time.Duration(seconds*1e9))
	took := time.Since(begun).Seconds()
	sort.Ints(all)
	fmt.Printf("%.0f %d %d %d\n", float64(len(all))/took, all[len(all)/2], all[len(all)*99/100],
		len(all))
}
