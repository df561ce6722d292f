import type { Worker } from 'node:worker_threads'
import type { Kind } from '../../contract/kind.ts'
import type { StageWatch } from '../progress.ts'
import type { DefinitionFolder, ReadSource } from '../tree/collect.ts'
import {
  addTaken,
  COUNTERS,
  claim,
  type FolderSources,
  type PackedSource,
  type ReadOrder,
  unpack,
} from './shared-reading.ts'

/** Starts a thread that reads definitions with `readInThread`. */
export type StartReader = (order: ReadOrder) => Worker

/** With fewer definitions, most are read before a thread is ready. */
const LEAST_FOLDERS = 300

/**
 * A thread that reads definitions from the disk while the main thread checks them. What the thread has not begun to read,
 * the main thread reads itself, also if the thread fails.
 */
export class AheadReader {
  private readonly folders: readonly DefinitionFolder[]
  private readonly counts: Int32Array
  private readonly sources = new Map<number, PackedSource>()
  /** What the last source of an answer adds to what was taken. */
  private readonly weights = new Map<number, number>()
  private readonly thread: Worker
  private readonly signal: AbortSignal
  private isAlive = true
  private wake = () => {}
  private readonly stop = () => this.wake()

  private constructor(folders: readonly DefinitionFolder[], start: StartReader, signal: AbortSignal) {
    const order = toOrder(folders)
    this.folders = folders
    this.counts = new Int32Array(order.counters)
    this.signal = signal
    this.thread = start(order)
    signal.addEventListener('abort', this.stop)
    this.thread.on('message', (answer: FolderSources) => this.receive(answer))
    this.thread.on('error', () => {})
    this.thread.once('exit', () => {
      this.isAlive = false
      this.wake()
    })
  }

  /** Starts a thread; undefined where it would not pay, or is not allowed. */
  static open(
    folders: readonly DefinitionFolder[],
    start: StartReader,
    { signal }: StageWatch,
  ): AheadReader | undefined {
    if (folders.length < LEAST_FOLDERS || folders.some(({ from }) => from)) return undefined
    try {
      return new AheadReader(folders, start, signal)
    } catch {
      return undefined
    }
  }

  /** What the thread read; undefined if the caller has to read the folder. The indexes ascend. */
  take(index: number): ReadSource | Promise<ReadSource | undefined> | undefined {
    return this.remove(index) ?? (this.isOwn(index) ? undefined : this.waitFor(index))
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.stop)
    Atomics.store(this.counts, COUNTERS.next, this.folders.length)
    await this.thread.terminate()
  }

  private receive({ start, sources, weight }: FolderSources): void {
    for (const [at, source] of sources.entries()) this.sources.set(start + at, source)
    this.weights.set(start + sources.length - 1, weight)
    this.wake()
  }

  private remove(index: number): ReadSource | undefined {
    const source = this.sources.get(index)
    const folder = this.folders[index]
    if (!source || !folder) return undefined
    this.sources.delete(index)
    const weight = this.weights.get(index)
    if (weight !== undefined) {
      this.weights.delete(index)
      addTaken(this.counts, weight)
    }
    return unpack(source, folder)
  }

  /** Whether the thread has not begun to read a folder, and will not. */
  private isOwn(index: number): boolean {
    const next = Atomics.load(this.counts, COUNTERS.next)
    return index >= next && claim(this.counts, index + 1, 1)?.from === index
  }

  private async waitFor(index: number): Promise<ReadSource | undefined> {
    while (this.isAlive && !this.signal.aborted && !this.sources.has(index))
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    return this.remove(index)
  }
}

function toOrder(folders: readonly DefinitionFolder[]): ReadOrder {
  const kinds = new Map<Kind, number>()
  for (const { kind } of folders) if (!kinds.has(kind)) kinds.set(kind, kinds.size)
  return {
    kinds: [...kinds.keys()].map(({ id, limits }) => ({ id, limits })),
    folders: folders.map(({ kind, id, dir, entry }) => [kinds.get(kind) ?? 0, id, dir, entry]),
    view: folders[0]?.view,
    counters: new SharedArrayBuffer(Object.keys(COUNTERS).length * Int32Array.BYTES_PER_ELEMENT),
  }
}
