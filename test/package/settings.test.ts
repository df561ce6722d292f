// The whole table of compilers and settings, with the package as npm installs it: `npm run check:package`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, RESOLUTIONS } from './support/compile.ts'
import { installPacked, type PackedProject, packNofx, TOOLS } from './support/packed-package.ts'

const compilers = ['typescript-5', 'typescript-7']
const combinations = compilers.flatMap((name) =>
  Object.entries(RESOLUTIONS).map(([resolution, options]) => [name, resolution, options] as const),
)

describe.runIf(TOOLS)('the package as npm installs it', () => {
  let project: PackedProject
  let tarball: string
  beforeAll(async () => {
    tarball = packNofx()
    project = await installPacked({ nofx: tarball })
  })
  afterAll(() => project.remove())
  const tool = (path: string) => join(TOOLS ?? '', 'node_modules', path)

  test.each(combinations)(
    '%s, %s: a worker and a kind compile without any other types',
    (name, _how, options) => {
      expect(compile(project.root, { tsc: tool(`${name}/bin/tsc`), options })).toBe('')
    },
  )

  test.each(combinations)(
    '%s, %s: a deployment compiles with the types of the web',
    (name, _how, options) => {
      const web = { ...options, lib: ['es2022', 'dom'] }
      expect(
        compile(project.root, { tsc: tool(`${name}/bin/tsc`), files: ['deployment.ts'], options: web }),
      ).toBe('')
    },
  )

  test('publint finds nothing', () => {
    const words = [tool('publint/src/cli.js'), project.nofx, '--strict']
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' })
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  })

  test('"are the types wrong" finds nothing for importers of ES modules', () => {
    const words = [
      tool('@arethetypeswrong/cli/dist/index.js'),
      tarball,
      '--profile',
      'esm-only',
      '--no-color',
    ]
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' })
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  })
})
