// Runs commands of the built CLI one after another, each with the arguments, the folder and the environment that it
// would have in a separate process.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const BIN = resolve(import.meta.dirname, '../../bin')
const { run } = createRequire(import.meta.url)(`${BIN}/load.js`).load().exports

process.on('message', async ({ args, cwd, env, mark }) => {
  process.argv = [process.execPath, `${BIN}/run.js`, ...args]
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.exitCode = undefined
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal)
  await run()
  const exit = process.exitCode ?? 0
  for (const stream of [process.stdout, process.stderr])
    await new Promise((written) => stream.write(mark, written))
  process.send({ exit })
})
process.on('disconnect', () => process.exit())
