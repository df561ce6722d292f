import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { oneAtATime } from '../../../core/one-at-a-time.ts'
import { findPackage } from './migrations.ts'
import type { Call, Notification, QueryAnswer, ThreadAnswer, ThreadError } from './pglite-messages.ts'

/** What a call says, without its number. */
type Question<Each = Call> = Each extends Call ? Omit<Each, 'id'> : never

interface Pending {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

/** A statement inside of a transaction. */
export type InTransaction = Pick<PgliteClient, 'query'>

const PROGRAM = 'dist/lite/thread.mjs'

let resting: PgliteClient | undefined

/** The thread of a database that was closed, in which most of PGlite is compiled, or a new one. */
export function takePglite(): PgliteClient {
  const client = resting ?? new PgliteClient()
  resting = undefined
  return client
}

/**
 * PGlite in a thread of its own, so that the command goes on while PostgreSQL works. The thread keeps no process alive that
 * waits for none of its answers.
 */
export class PgliteClient {
  private readonly worker = new Worker(join(findPackage(), PROGRAM), {
    // What this process was started with is for its main thread.
    execArgv: [],
    stdout: true,
    stderr: process.env.DEBUG !== 'nofx',
  })
  private readonly pending = new Map<number, Pending>()
  private readonly listeners = new Map<number, (payload: string) => void>()
  private readonly inLine = oneAtATime()
  private lastId = 0
  private lost: Error | undefined

  constructor() {
    this.worker.unref()
    this.worker.on('message', (message: ThreadAnswer | Notification) => this.receive(message))
    this.worker.on('error', (error) => this.lose(error as Error))
    this.worker.on('exit', () => this.lose(new Error('the thread of PGlite has ended')))
  }

  /** Opens the database in a folder, or makes one there. */
  async open(directory: string): Promise<void> {
    await this.ask({ call: 'open', directory })
  }

  /** Runs one statement with values for $1, $2, … */
  query<Row>(text: string, values: readonly unknown[] = []): Promise<QueryAnswer<Row>> {
    return this.inLine(() => this.queryNow(text, values))
  }

  /** Runs a script of any number of statements. */
  exec(text: string): Promise<QueryAnswer<unknown>[]> {
    return this.inLine(() => this.execNow(text))
  }

  /** Runs `work` in a transaction; other statements wait. */
  transaction<T>(work: (inside: InTransaction) => Promise<T>): Promise<T> {
    return this.inLine(async () => {
      await this.execNow('begin')
      try {
        const result = await work({ query: (text, values) => this.queryNow(text, values) })
        await this.execNow('commit')
        return result
      } catch (error) {
        // A thread that has ended rolls back as a killed process does.
        await this.execNow('rollback').catch(() => {})
        throw error
      }
    })
  }

  /** Calls `onPayload` with the notifications of a channel, until the returned function is called. */
  async listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    const listener = ++this.lastId
    this.listeners.set(listener, onPayload)
    await this.inLine(() => this.ask({ call: 'listen', listener, channel }))
    return async () => {
      this.listeners.delete(listener)
      await this.inLine(() => this.ask({ call: 'unlisten', listener }))
    }
  }

  /** Closes the database; the thread can open another one. */
  async close(): Promise<void> {
    await this.inLine(() => this.ask({ call: 'close' }))
  }

  /** Closes the database, and leaves the thread to the next one that this process opens. */
  async release(): Promise<void> {
    await this.close().catch(async (error: unknown) => {
      await this.end()
      throw error
    })
    this.listeners.clear()
    if (resting || this.lost) await this.end()
    else resting = this
  }

  /** Ends the thread. A database that is open is left as it is when a process is killed. */
  async end(): Promise<void> {
    await this.worker.terminate()
  }

  private async queryNow<Row>(text: string, values: readonly unknown[] = []): Promise<QueryAnswer<Row>> {
    return withJson((await this.ask({ call: 'query', text, values: [...values] })) as QueryAnswer<Row>)
  }

  private async execNow(text: string): Promise<QueryAnswer<unknown>[]> {
    return ((await this.ask({ call: 'exec', text })) as QueryAnswer<unknown>[]).map(withJson)
  }

  private ask(question: Question): Promise<unknown> {
    if (this.lost) return Promise.reject(this.lost)
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      this.worker.postMessage({ ...question, id })
      this.pending.set(id, { resolve, reject })
      this.worker.ref()
    })
  }

  private receive(message: ThreadAnswer | Notification): void {
    if ('listener' in message) {
      this.listeners.get(message.listener)?.(message.payload)
      return
    }
    const call = this.pending.get(message.id)
    this.pending.delete(message.id)
    if (this.pending.size === 0) this.worker.unref()
    if ('error' in message) call?.reject(errorOf(message.error))
    else call?.resolve(message.result)
  }

  private lose(error: Error): void {
    this.lost ??= error
    if (resting === this) resting = undefined
    for (const { reject } of this.pending.values()) reject(this.lost)
    this.pending.clear()
  }
}

function errorOf({ name, message, stack, facts }: ThreadError): Error {
  return Object.assign(new Error(message), facts, { name, stack })
}

const JSON_TYPES = new Set([114, 3802])
const JSON_ARRAYS = new Set([199, 3807])

/** Reads the JSON of all rows. */
function withJson<Row>(answer: QueryAnswer<Row>): QueryAnswer<Row> {
  // Of two columns with one name, a row has the last.
  for (const [name, type] of new Map(answer.fields.map((field) => [field.name, field.dataTypeID]))) {
    if (!JSON_TYPES.has(type) && !JSON_ARRAYS.has(type)) continue
    for (const row of answer.rows as Record<string, unknown>[]) row[name] = readJson(row[name])
  }
  return answer
}

function readJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readJson)
  return typeof value === 'string' ? JSON.parse(value) : value
}
