import type { Writable } from 'node:stream'

/** The most characters that one write gives to a stream. */
export const PIECE = 65_536

/**
 * Writes texts to a stream in their order, as fast as its reader takes them. What is not written yet is not given to the
 * stream, which would keep all of it in memory, and pieces that are made on demand are not made yet.
 */
export class PacedOutput {
  private readonly stream: Writable
  /** The output that waits for the reader. */
  private waiting?: Promise<void>

  constructor(stream: Writable) {
    this.stream = stream
  }

  /** Writes what the reader takes now, before it returns, and the rest later. */
  print(pieces: Iterable<string>): void {
    const slices = sliceTexts(pieces)
    if (!this.waiting && this.writeSome(slices)) return
    const all = (this.waiting ?? Promise.resolve()).then(() => this.writeRest(slices))
    const waiting = all.finally(() => {
      if (this.waiting === waiting) this.waiting = undefined
    })
    this.waiting = waiting
  }

  /** Resolves when everything was given to the stream, or its reader is gone. Rejects if a piece could not be made. */
  async printed(): Promise<void> {
    while (this.waiting) await this.waiting
  }

  private async writeRest(slices: Iterator<string>): Promise<void> {
    do await takenFrom(this.stream)
    while (!this.writeSome(slices))
  }

  /** Whether nothing is left: everything was written, or the reader is gone. */
  private writeSome(slices: Iterator<string>): boolean {
    while (isOpen(this.stream)) {
      const { done, value } = slices.next()
      if (done) return true
      // A file or a terminal has taken it, although a piece is as large as what a stream wants to keep.
      if (!this.stream.write(value) && this.stream.writableLength > 0) return false
    }
    return true
  }
}

const isOpen = (stream: Writable): boolean => !stream.destroyed && !stream.errored

/** Resolves when the stream takes more, or its reader is gone. It emits `drain` only after a write that it did not want. */
async function takenFrom(stream: Writable): Promise<void> {
  if (!isOpen(stream) || !stream.writableNeedDrain) return
  await new Promise<void>((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}

/** Long texts in slices, none of which ends between the two halves of a character. */
function* sliceTexts(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const end = at + PIECE
      const last = piece.charCodeAt(end - 1)
      const next = end < piece.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end
      yield piece.slice(at, next)
      at = next
    }
  }
}
