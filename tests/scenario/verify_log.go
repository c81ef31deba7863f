// Verify an exported ledger with code that is not ours: the Go project's sumdb packages.
//
//	verify_log DIR VKEY
//
// It checks the checkpoint's signature, that every entry is included under its root, and that
// every earlier size is consistent with it; of more than 256 entries it takes a sample.
// It reads no other file of this project and shares no code with it.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// folder reads tiles; Go's own paths name the tile height, C2SP's do not.
type folder string

func (dir folder) Height() int { return tileHeight }

func (dir folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (dir folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(dir.path(tile.Path()))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (dir folder) path(tile string) string {
	return filepath.Join(string(dir), strings.Replace(tile, "tile/8/", "tile/", 1))
}

func (dir folder) entries(size int64) [][]byte {
	var entries [][]byte
	for first := int64(0); first < size; first += 1 << tileHeight {
		width := min(size-first, 1<<tileHeight)
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(string(dir), path))
		must(err)
		for ; width > 0; width-- {
			length := int(binary.BigEndian.Uint16(data))
			entries, data = append(entries, data[2:2+length]), data[2+length:]
		}
	}
	return entries
}

func openCheckpoint(dir folder, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	message, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	must(err)
	opened, err := note.Open(message, note.VerifierList(verifier))
	must(err)
	// tlog.ParseTree knows only the Go checksum database; the three lines are the same.
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

func main() {
	dir := folder(os.Args[1])
	tree := openCheckpoint(dir, os.Args[2])
	tiles := tlog.TileHashReader(tree, dir)

	// Roots of earlier sizes come from the entries alone, not from the tiles under test.
	var stored []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	step := (tree.N-1)/256 + 1
	checked := 0
	for index, entry := range dir.entries(tree.N) {
		size := int64(index) + 1
		hashes, err := tlog.StoredHashes(int64(index), entry, memory)
		must(err)
		stored = append(stored, hashes...)
		if size%step != 0 && size != tree.N {
			continue
		}
		old, err := tlog.TreeHash(size, memory)
		must(err)
		consistency, err := tlog.ProveTree(tree.N, size, tiles)
		must(err)
		must(tlog.CheckTree(consistency, tree.N, tree.Hash, size, old))
		inclusion, err := tlog.ProveRecord(tree.N, int64(index), tiles)
		must(err)
		must(tlog.CheckRecord(inclusion, tree.N, tree.Hash, int64(index), tlog.RecordHash(entry)))
		checked++
	}
	fmt.Printf("%d entries, %d checked\n", tree.N, checked)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
