import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Texts in one block. A read of one text reads its block, and the next read is mostly of the same block. */
const BLOCK = 128
/** Between two texts of a block: no text may contain it. */
const TEXT_END = '\n'

/** Texts of one line, by their place. They are compressed, because they are most of what a large registry takes of the memory. */
export class PackedTexts {
  private readonly blocks: Uint8Array[] = []
  /** The texts of the block that is not full. */
  private open: string[] = []
  /** The block that was read last. */
  private last: { at: number; texts: string[] } | undefined

  /** Returns the place of the text. */
  add(text: string): number {
    const place = this.blocks.length * BLOCK + this.open.push(text) - 1
    if (this.open.length === BLOCK) {
      // A copy: what zlib returns is a part of a larger buffer.
      this.blocks.push(new Uint8Array(deflateRawSync(this.open.join(TEXT_END), { level: 1 })))
      this.open = []
    }
    return place
  }

  /** The text that was added at this place. */
  get(place: number): string {
    const at = Math.floor(place / BLOCK)
    const packed = this.blocks[at]
    if (packed && this.last?.at !== at)
      this.last = { at, texts: inflateRawSync(packed).toString().split(TEXT_END) }
    const texts = packed ? this.last?.texts : this.open
    return texts?.[place % BLOCK] ?? ''
  }
}
