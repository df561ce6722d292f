// The lower bound: one process that reads every file of every definition and parses its JSON. A validation cannot be
// faster.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

function read(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) read(path)
    else {
      const text = readFileSync(path, 'utf8')
      if (entry.name.endsWith('.json')) JSON.parse(text)
    }
  }
}

read(process.argv[2])
