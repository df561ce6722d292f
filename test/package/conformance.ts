import { spawnSync } from 'node:child_process'
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { playbookSamples } from '../conformance/samples/playbooks.ts'
import type { PackedProject } from './support/packed-package.ts'

/** Runs the suite of `nofx/conformance` for a kind of a plugin, as its author does. */
export function describeConformance(get: () => PackedProject, plugin: string): void {
  const run = (name: string, kind: string) => {
    // Vitest starts in the real path of its folder, and finds the packages beside the test from there.
    const root = realpathSync(get().root)
    linkVitest(root)
    const source = `import { describeKind } from 'nofx/conformance'
import { playbooks } from '${plugin}'

describeKind('playbooks', async () => (${kind}), ${JSON.stringify(playbookSamples)})
`
    mkdirSync(join(root, 'tests'), { recursive: true })
    writeFileSync(join(root, `tests/${name}.test.js`), source)
    const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', `tests/${name}.test.js`]
    const options = { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const
    return spawnSync(process.execPath, [...words, '--reporter=json', '--root', root], options)
  }

  describe('nofx/conformance in the package', () => {
    test('passes for a kind that keeps the contract', () => {
      const { status, stdout, stderr } = run('good', 'playbooks')
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
      expect(JSON.parse(stdout).numPassedTests).toBeGreaterThan(5)
    })

    test('fails for a kind that throws', () => {
      const wrong = '{ ...playbooks, check() { throw new Error("this kind throws") } }'
      const { status, stdout } = run('bad', wrong)
      expect(status).toBe(1)
      expect(JSON.parse(stdout).numFailedTests).toBeGreaterThan(1)
      expect(stdout).toContain('this kind throws')
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
