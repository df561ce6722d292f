// The program of the thread in which PGlite runs. The build makes dist/lite/thread.mjs of it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import type { Call, ThreadAnswer, ThreadError } from './pglite-messages.ts'

/**
 * How much a PGlite function must have run before V8 compiles it again for speed, in bytes of WebAssembly. With V8's
 * default a short command spends a third of its time compiling code that it does not get to use; a publish of thousands
 * of agents takes as long with this value as with the default.
 */
const TIERING_BUDGET = 180_000_000

/**
 * PostgreSQL's cache. PGlite fills all of it with zeros at every start; with the 128 MB that its configuration file
 * says, this takes a third of the processor time of a short command.
 */
const CACHE = ['-c', 'shared_buffers=16MB']

const [BOOL, INT8, JSON_TEXT, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, NUMERIC, JSONB] = [
  16, 20, 114, 1082, 1083, 1114, 1184, 1266, 1700, 3802,
] as const
/** The version of the binary format of a `jsonb` value: the text follows. */
const JSONB_FORMAT = 1

/** PGlite measures a text twice, character by character, before it encodes it. Bytes are sent as they are. */
function writeJsonb(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const bytes = Buffer.allocUnsafeSlow(1 + Buffer.byteLength(text))
  bytes[0] = JSONB_FORMAT
  bytes.write(text, 1)
  // PGlite's types know texts alone.
  return bytes as unknown as string
}

/** Node.js has it, and TypeScript's types of Node.js do not. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }

const asText = (text: string) => text

/** As lite reads values. JSON goes to the main thread as the text that it is: a text is quickly copied. */
const parsers = {
  [INT8]: (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)),
  [NUMERIC]: (text: string) =>
    String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text,
  ...Object.fromEntries(
    [JSON_TEXT, JSONB, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ].map((type) => [type, asText]),
  ),
}

/** PGlite accepts a boolean as a boolean alone; a filter's value is the text that PostgreSQL reads, such as "t". */
const serializers = { [BOOL]: String, [JSONB]: writeJsonb }

/** Nothing that PGlite prints belongs into the output of a command. */
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
  console[method] = (...line: unknown[]) => {
    if (process.env.DEBUG === 'nofx') process.stderr.write(`[embedded] ${line.map(String).join(' ')}\n`)
  }

// PGlite is compiled, in threads of V8, while the code around it is loaded. Its functions are checked when they are
// compiled, which is when they are called first.
setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`)
setFlagsFromString('--wasm-lazy-validation')
const main = createRequire(import.meta.url).resolve('@electric-sql/pglite')
const program = WebAssembly.compile(readFileSync(join(dirname(main), 'pglite.wasm')))
// The call that waits for it gets the failure.
program.catch(() => {})
const library = import('@electric-sql/pglite')
library.catch(() => {})

let database: PGlite | undefined
const stops = new Map<number, () => Promise<void>>()

/** Does what the main thread asks for. */
async function answer(call: Call): Promise<unknown> {
  if (call.call === 'open') {
    const { PGlite } = await library
    database = new PGlite({
      dataDir: call.directory,
      pgliteWasmModule: await program,
      startParams: [...PGlite.defaultStartParams, ...CACHE],
      parsers,
      serializers,
    })
    return database.waitReady
  }
  if (!database) throw new Error('PGlite is not open')
  if (call.call === 'query') return database.query(call.text, call.values)
  if (call.call === 'exec') return database.exec(call.text)
  if (call.call === 'close') return closeDatabase(database)
  if (call.call === 'unlisten') return stops.get(call.listener)?.()
  const { listener } = call
  const stop = await database.listen(call.channel, (payload) =>
    parentPort?.postMessage({ listener, payload }),
  )
  stops.set(listener, () => stop())
}

/** Nothing of it stays in memory for the next one. */
async function closeDatabase(open: PGlite): Promise<void> {
  database = undefined
  stops.clear()
  await open.close()
}

parentPort?.on('message', (call: Call) => {
  const reply = (content: ThreadAnswer) => parentPort?.postMessage(content)
  answer(call).then(
    (result) => reply({ id: call.id, result }),
    (error: unknown) => reply({ id: call.id, error: describe(error) }),
  )
})

/** The plain values of an error: a copy of an error lacks its code. */
function describe(error: unknown): ThreadError {
  const { name, message, stack, ...rest } = Object(error) as Error
  const facts = Object.entries(rest).filter(
    ([, value]) => typeof value !== 'object' && typeof value !== 'function',
  )
  return { name, message, stack, facts: Object.fromEntries(facts) }
}
