import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { agentFiles } from '../harness/project.ts'
import { tempFolder } from '../import/support/temp-folder.ts'

const CACHES = ['check-agents.cjs.cache', 'check.cjs.cache', 'nofx.cjs.cache']
const ONE = 'packages/shared/agents/one/agent.json'
const AGENT = Object.fromEntries(
  Object.entries(agentFiles('one')).map(([path, content]) => [
    path,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]),
)

/** A copy of the program without compiled code. */
function copyProgram(): string {
  const root = tempFolder({})
  const filter = (path: string) => !path.endsWith('.cache')
  for (const path of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(path, join(root, path), { recursive: true, filter })
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  return root
}

test('the program says the same without compiled code, which the package does not have, and with that of another build', () => {
  const root = copyProgram()
  const cwd = tempFolder({ ...AGENT, 'packages/shared/agents/two/agent.json': '{}' })
  const say = (top: string, what: string) => {
    const words = [join(top, 'bin/run.js'), 'validate', what]
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  for (const what of [ONE, 'packages/shared/agents/two'])
    expect(say(root, what)).toEqual(say(resolve('.'), what))
  // Compiled functions are at other places in this bundle.
  const bundle = join(root, 'dist/nofx.cjs')
  const text = readFileSync(bundle, 'utf8')
  const longer = `/* ${String(Number.parseInt(text.slice(3), 10) + 1).padStart(9)} */\n\n${text.slice(16)}`
  writeFileSync(bundle, longer)
  for (const name of CACHES) cpSync(join('dist', name), join(root, 'dist', name))
  for (const what of [ONE, 'packages/shared/agents/two'])
    expect(say(root, what)).toEqual(say(resolve('.'), what))
})

test('no compiled code is taken from a file that is damaged, or that was made from another source', () => {
  expect(readdirSync('dist').filter((name) => name.endsWith('.cache'))).toEqual(CACHES)
  const words = [resolve('test/cli/support/damage-code.cjs'), copyProgram(), resolve('dist')]
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: tempFolder(AGENT), encoding: 'utf8' })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual(CACHES.flatMap((name) => [`${name}: whole`, `${name}: whole`]))
})
