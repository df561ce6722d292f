import { readFileSync, statSync } from 'node:fs'
import type { FindingsScreen } from '../../core/formats/format.ts'
import { measureWidth, type Sized } from './screen.ts'

/** A larger file is not read for one line, bytes. */
const LARGEST = 1_000_000

interface Options {
  /** The command that shows every finding; without it all are shown. */
  more?: string
  /** Whether the findings are about the files as they are on disk. */
  onDisk: boolean
}

/** How a stream shows findings; undefined when it is not a terminal. */
export function findingsScreen(stream: Sized, { more, onDisk }: Options): FindingsScreen | undefined {
  if (!stream.isTTY) return undefined
  return { width: measureWidth(stream), more, readText: onDisk ? remembering(readText) : undefined }
}

/** Findings are sorted by file, so one text is enough. */
function remembering(read: (path: string) => string | undefined): (path: string) => string | undefined {
  let last: { path: string; text: string | undefined } | undefined
  return (path) => {
    if (last?.path !== path) last = { path, text: read(path) }
    return last.text
  }
}

/** Undefined for a file that cannot be read, is large, or is not text. */
function readText(path: string): string | undefined {
  try {
    if (statSync(path).size > LARGEST) return undefined
    const text = readFileSync(path, 'utf8')
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
