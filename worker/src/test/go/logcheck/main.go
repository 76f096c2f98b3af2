// Command logcheck checks a log folder with the Go project's own packages for
// signed notes and tiled logs, which know nothing of Heliograph:
//
//	logcheck FOLDER VKEY OLD-CHECKPOINT PROOFS
//
// It verifies both checkpoints' signatures, proves from the tiles that every
// entry is in the tree and that the tree continues the old one, and checks the
// proofs that Heliograph made. It prints one line and exits with 0 if all is
// well, with 1 if something is not.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// proofs are what Heliograph claims, as it writes them for this check.
type proofs struct {
	Index       int64            `json:"index"`
	Entry       []byte           `json:"entry"`
	Inclusion   tlog.RecordProof `json:"inclusion"`
	Consistency tlog.TreeProof   `json:"consistency"`
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: logcheck FOLDER VKEY OLD-CHECKPOINT PROOFS")
		os.Exit(2)
	}
	size, err := check(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		fmt.Fprintln(os.Stderr, "logcheck:", err)
		os.Exit(1)
	}
	fmt.Println("verified", size, "entries")
}

func check(folder, vkey, oldFile, proofsFile string) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	tree, err := checkpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return 0, err
	}
	old, err := checkpoint(oldFile, verifier)
	if err != nil {
		return 0, err
	}
	reader := tlog.TileHashReader(tree, tiles(folder))
	if err := entries(folder, tree, reader); err != nil {
		return 0, err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return 0, err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return 0, fmt.Errorf("consistency from tiles: %w", err)
	}
	return tree.N, claimed(proofsFile, tree, old)
}

// claimed checks the proofs that Heliograph made.
func claimed(file string, tree, old tlog.Tree) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var p proofs
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	leaf := tlog.RecordHash(p.Entry)
	if err := tlog.CheckRecord(p.Inclusion, tree.N, tree.Hash, p.Index, leaf); err != nil {
		return fmt.Errorf("inclusion proof: %w", err)
	}
	if err := tlog.CheckTree(p.Consistency, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("consistency proof: %w", err)
	}
	return nil
}

func checkpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", file, err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("%s: not a checkpoint of %s", file, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("%s: bad root", file)
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// entries checks that each entry of the bundles is in the tree.
func entries(folder string, tree tlog.Tree, reader tlog.HashReader) error {
	var bundle []byte
	for i := int64(0); i < tree.N; i++ {
		if i%256 == 0 {
			tile := tlog.Tile{H: 8, L: 0, N: i / 256, W: int(min(256, tree.N-i))}
			path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
			var err error
			if bundle, err = os.ReadFile(filepath.Join(folder, path)); err != nil {
				return err
			}
		}
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return fmt.Errorf("entry %d: bundle ends", i)
		}
		length := 2 + int(binary.BigEndian.Uint16(bundle))
		proof, err := tlog.ProveRecord(tree.N, i, reader)
		if err != nil {
			return err
		}
		leaf := tlog.RecordHash(bundle[2:length])
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		bundle = bundle[length:]
	}
	return nil
}

// tiles reads tiles of height 8 by their C2SP names, without the height.
type tiles string

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(t), path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}
