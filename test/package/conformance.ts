import { spawnSync } from 'node:child_process'
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { playbookSamples } from '../conformance/samples/playbooks.ts'
import type { PackedProject } from './support/packed-package.ts'

/** What vitest's report says of one file. */
interface FileReport {
  name: string
  status: 'passed' | 'failed'
  assertionResults: { status: string; failureMessages: string[] }[]
}

/** The kinds that are tested, as the source of the test names them. */
const KINDS = {
  good: 'playbooks',
  bad: '{ ...playbooks, check() { throw new Error("this kind throws") } }',
}

/** Runs the suite of `nofx/conformance` for a kind of a plugin, as its author does. */
export function describeConformance(get: () => PackedProject, plugin: string): void {
  const runAll = () => {
    // Vitest starts in the real path of its folder, and finds the packages beside the test from there.
    const root = realpathSync(get().root)
    linkVitest(root)
    mkdirSync(join(root, 'tests'), { recursive: true })
    for (const [name, kind] of Object.entries(KINDS)) {
      const source = `import { describeKind } from 'nofx/conformance'
import { playbooks } from '${plugin}'

describeKind('playbooks', async () => (${kind}), ${JSON.stringify(playbookSamples)})
`
      writeFileSync(join(root, `tests/${name}.test.js`), source)
    }
    const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'tests/']
    const options = { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const
    const rest = ['--reporter=json', '--root', root, '--no-isolate', '--no-file-parallelism']
    return spawnSync(process.execPath, [...words, ...rest], options)
  }

  describe('nofx/conformance in the package', () => {
    let ran: ReturnType<typeof runAll>
    beforeAll(() => {
      ran = runAll()
    })
    const reportOf = (name: keyof typeof KINDS) => {
      const { stdout, stderr } = ran
      expect(stdout, stderr).toMatch(/^\{/)
      const { testResults } = JSON.parse(stdout) as { testResults: FileReport[] }
      const report = testResults.find((one) => one.name.endsWith(`/tests/${name}.test.js`))
      const results = report?.assertionResults ?? []
      const count = (status: string) => results.filter((one) => one.status === status).length
      const messages = results.flatMap(({ failureMessages }) => failureMessages)
      return { status: report?.status, passed: count('passed'), failed: count('failed'), messages }
    }

    test('passes for a kind that keeps the contract', () => {
      const { status, passed, messages } = reportOf('good')
      expect({ status, messages }).toEqual({ status: 'passed', messages: [] })
      expect(passed).toBeGreaterThan(5)
    })

    test('fails for a kind that throws', () => {
      expect(ran.status).toBe(1)
      const { status, failed, messages } = reportOf('bad')
      expect(status).toBe('failed')
      expect(failed).toBeGreaterThan(1)
      expect(messages.join('\n')).toContain('this kind throws')
    })
  })
}

function linkVitest(root: string): void {
  const link = join(root, 'node_modules/vitest')
  mkdirSync(dirname(link), { recursive: true })
  try {
    symlinkSync(resolve('node_modules/vitest'), link, 'dir')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
