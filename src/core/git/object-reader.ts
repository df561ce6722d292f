import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, type Hash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Failure } from '../../contract/failure.ts'
import { gitOptions } from './git-command.ts'

/** An object of git's database: `bytes` are present if it is not larger than `Wanted.most`. */
export interface Blob {
  size: number
  sha256?: string
  bytes?: Buffer
}

/** Which object to read, and what to keep of it. */
export interface ObjectRequest {
  oid: string
  /** The largest size in bytes whose content is kept. */
  most: number
  /** Whether to hash the bytes while they are read. */
  hash: boolean
}

interface Request extends ObjectRequest {
  resolve: (blob: Blob) => void
  reject: (error: Error) => void
}

/** The state of the answer that is being read. */
interface ObjectAnswer {
  request: Request
  blob: Blob
  hash?: Hash
  /** Number of bytes of the object that have arrived. */
  at: number
}

const LINE_FEED = 10

/**
 * Reads objects through one `git cat-file --batch` process that stays running. It applies no filters and no
 * attributes, and ignores the index, the sparse checkout and ignore files. An idle child does not keep this process
 * alive.
 */
export class ObjectReader {
  private readonly cwd: string
  private child: ChildProcess | undefined
  private readonly waiting: Request[] = []
  private answer: ObjectAnswer | undefined
  private header = ''
  private stderr = ''

  /** @param cwd a folder of the repository */
  constructor(cwd: string) {
    this.cwd = cwd
  }

  /** @throws Failure NO_COMMIT for an object that this clone does not have and cannot fetch */
  read(request: ObjectRequest): Promise<Blob> {
    return new Promise((resolve, reject) => {
      const child = this.child ?? this.start()
      this.waiting.push({ ...request, resolve, reject })
      hold(child, true)
      child.stdin?.write(`${request.oid}\n`)
    })
  }

  private start(): ChildProcess {
    // The child has its own process group: Ctrl-C ends the command, and the closed pipe then ends the child.
    const options = { ...gitOptions(this.cwd), detached: process.platform !== 'win32' }
    const child = spawn('git', ['cat-file', '--batch'], options)
    this.child = child
    this.stderr = ''
    child.stdin?.on('error', () => {})
    child.stdout?.on('data', (chunk: Buffer) => this.take(chunk))
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    child.on('error', (error) => this.fail(child, error.message))
    child.on('close', () => this.fail(child, this.stderr.trim().split('\n').at(-1) || 'git ended'))
    return child
  }

  private fail(child: ChildProcess, why: string): void {
    if (this.child !== child) return
    this.child = undefined
    const requests = [...(this.answer ? [this.answer.request] : []), ...this.waiting.splice(0)]
    this.answer = undefined
    this.header = ''
    for (const { oid, reject } of requests) reject(unreadableObject(oid, why))
  }

  private take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; )
      at = this.answer ? this.takeBytes(this.answer, chunk, at) : this.takeHeader(chunk, at)
    if (this.child && !this.answer && this.waiting.length === 0) hold(this.child, false)
  }

  private takeHeader(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LINE_FEED, from)
    this.header += chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (end < 0) return chunk.length
    const [, type, size] = this.header.split(' ')
    this.header = ''
    const request = this.waiting.shift()
    if (!request) return chunk.length
    if (size === undefined) request.reject(unreadableObject(request.oid, `the object is ${type}`))
    else this.answer = begin(request, Number(size))
    return end + 1
  }

  private takeBytes(answer: ObjectAnswer, chunk: Buffer, from: number): number {
    const { request, blob, hash } = answer
    const part = chunk.subarray(from, from + blob.size - answer.at)
    blob.bytes?.set(part, answer.at)
    hash?.update(part)
    answer.at += part.length
    const at = from + part.length
    // One line feed follows the object.
    if (answer.at < blob.size || at === chunk.length) return at
    if (hash) blob.sha256 = hash.digest('hex')
    this.answer = undefined
    request.resolve(blob)
    return at + 1
  }
}

function begin(request: Request, size: number): ObjectAnswer {
  const blob: Blob = { size, ...(size <= request.most ? { bytes: Buffer.allocUnsafe(size) } : {}) }
  return { request, blob, at: 0, ...(request.hash ? { hash: createHash('sha256') } : {}) }
}

/** An idle child must not keep the process from ending. */
function hold(child: ChildProcess, on: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr] as (Socket | null)[]
  for (const one of [child, ...streams])
    if (on) one?.ref()
    else one?.unref()
}

/** The failure for an object that this clone lacks, as in a partial clone whose remote cannot be reached. */
export function unreadableObject(oid: string, why: string): Failure {
  return new Failure(
    'NO_COMMIT',
    `git cannot read the object ${oid} of the commit: ${why}`,
    'fetch what this clone lacks: git fetch --refetch --no-filter',
  )
}

/** Objects by id, and the bytes that they take. */
export function pairBlobs(
  requests: readonly ObjectRequest[],
  blobs: readonly Blob[],
): { blobs: ReadonlyMap<string, Blob>; bytes: number } {
  const byId = new Map<string, Blob>()
  let bytes = 0
  for (const [index, { oid }] of requests.entries()) {
    const blob = blobs[index]
    if (!blob) continue
    const knownBlob = byId.get(oid)
    // The same object may be a text at one path and an asset at another.
    byId.set(oid, { ...knownBlob, ...blob })
    bytes += blob.bytes?.length ?? 0
  }
  return { blobs: byId, bytes }
}
