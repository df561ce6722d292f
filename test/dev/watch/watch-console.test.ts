import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchConsole } from '../../../src/dev/watch/watch-console.ts'
import { temporaryFolder } from '../../cloud/support/temporary-folder.ts'

/** A busy machine is slow; what is waited for comes or does not. */
const PATIENT = { timeout: 60_000 }

test('a change of the console builds it again, and a faulty one leaves the built one as it was', async () => {
  const home = temporaryFolder()
  for (const path of ['console', 'scripts', 'src', 'tsconfig.json', 'package.json'])
    cpSync(path, join(home, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(home, 'node_modules'))
  const lines: string[] = []
  onTestFinished(watchConsole(home, (line) => lines.push(line)))
  const source = join(home, 'console/pages/not-found.tsx')
  const text = readFileSync(source, 'utf8')
  const change = async (changed: string) => {
    const before = lines.length
    writeFileSync(source, changed)
    await expect.poll(() => lines.length, PATIENT).toBeGreaterThan(before)
    return lines.at(-1)
  }
  const page = () => readFileSync(join(home, 'dist/console/index.html'), 'utf8')

  expect(await change(text.replace('Not found', 'Nothing here'))).toBe(
    'the console was built again: reload its page',
  )
  const built = page()
  expect(built).toContain('<body id="console">')
  expect(await change(`${text}\nconst = 1\n`)).toMatch(/^the console was not built: .*not-found\.tsx/s)
  expect(page()).toBe(built)
  expect(await change(text)).toBe('the console was built again: reload its page')
  expect(page()).not.toBe(built)
})

test('an installed package has no sources, and nothing is watched', () => {
  const stop = watchConsole(temporaryFolder(), () => {
    throw new Error('nothing can change')
  })
  expect(stop()).toBeUndefined()
})
