import { denoFunction } from '../../../src/dev/deno-function.ts'

/** Starts a function, prints its answer, and then waits until it is killed. */
const [binary, root, entry] = process.argv.slice(2) as [string, string, string]
const running = denoFunction({ name: 'a_function', binary, root, entry, env: {}, log: () => {} })
const response = await running.fetch(new Request('http://functions.test/pid'))
console.log(`pid ${await response.text()}.`)
