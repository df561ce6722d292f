import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from '../harness/fast-check.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

const IDS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'one']
const ONE = 'packages/shared/agents/one'
/** Each attribute that changes, converts or leaves out a file in a checkout or an archive. */
const ATTRIBUTES = `skip.txt export-ignore
subst.txt export-subst
id.txt ident
eol.txt text eol=crlf
wide.txt text working-tree-encoding=UTF-16LE
lost.txt filter=lost
`
let project: PostgresProject
const publish = (...words: string[]) => project.run('registry', 'publish', ...words, '--json')

beforeAll(async () => {
  project = await PostgresProject.create()
  for (const id of IDS) project.write(agentFiles(id))
  project.write({ '.gitignore': '.env\n.DS_Store\n', [`${ONE}/assets/run.sh`]: '#!/bin/sh\n' })
  chmodSync(join(project.root, ONE, 'assets/run.sh'), 0o755)
  project.commit()
  expect((await publish()).exit).toBe(0)
})
afterAll(() => project.remove())

describe('a publish from a checkout that is not the commit', () => {
  it('a publish is refused when an ignored file is in a definition, and nothing is stored', async () => {
    project.write({ [`${ONE}/.env`]: 'TOKEN=x\n', [`${ONE}/prompts/system.md`]: 'v2\n' })
    project.commit()
    const { exit, json } = await publish()
    expect({ exit, code: json.error.code }).toEqual({ exit: 1, code: 'NO_COMMIT' })
    expect(json.error.message).toContain(`${ONE}/.env is ignored by git`)
    const shown = await project.run('registry', 'history', 'agents', 'one', '--json')
    expect(shown.json.data.revisions).toHaveLength(1)
    rmSync(join(project.root, ONE, '.env'))
  })

  it('a publish ignores files that the operating system left, as validate does', async () => {
    project.write({ [`${ONE}/.DS_Store`]: 'a\0b' })
    expect((await project.run('validate', '--json')).exit).toBe(0)
    expect((await publish()).exit).toBe(0)
  })

  it('a publish prunes nothing that the commit has', async () => {
    project.git(
      'sparse-checkout',
      'set',
      '--cone',
      ...IDS.slice(1).map((id) => `packages/shared/agents/${id}`),
    )
    const { exit, json } = await publish('agents', '--prune')
    expect({ exit, result: json.data.plan.missing }).toMatchObject({ exit: 0, result: [] })
    project.git('sparse-checkout', 'disable')
    const listed = await project.run('registry', 'list', 'agents', '--json')
    expect(JSON.stringify(listed.json.data)).toContain('"a1"')
  })

  it('validate says how definitions come into a sparse checkout, and the command works', async () => {
    project.git('sparse-checkout', 'set', '--cone', 'docs')
    const { json } = await project.run('validate', '--json')
    expect(json.error).toMatchObject({
      code: 'NO_DEFINITIONS',
      hint: 'git sparse-checkout add packages/shared',
    })
    expect((await project.run('validate', 'agents', '--json')).json.error).toEqual(json.error)
    // The commit has agents only.
    expect((await project.run('validate', 'templates')).exit).toBe(0)
    project.git(...json.error.hint.split(' ').slice(1))
    const { counts } = (await project.run('validate', '--json')).json.data
    project.git('sparse-checkout', 'disable')
    expect(counts.definitions).toBe(IDS.length)
  })

  it('a publish refuses a commit that is invalid, missing from the checkout, or of another rank', async () => {
    const sha = project.git('rev-parse', 'HEAD').trim()
    const codeOf = async (...words: string[]) => (await publish(...words)).json.error?.code
    expect(await codeOf('--commit', 'zzz', '--rank', '999', '--allow-dirty')).toBe('USAGE')
    expect(await codeOf('--commit', 'd'.repeat(40), '--rank', '2')).toBe('NO_COMMIT')
    expect(await codeOf('--commit', sha, '--rank', '999')).toBe('NO_COMMIT')
    expect(await codeOf('--commit', sha, '--rank', '2')).toBeUndefined()
  })

  it('a publish and a pull keep the executable bit', async () => {
    rmSync(join(project.root, ONE), { recursive: true })
    expect((await project.run('registry', 'pull', 'agents', 'one')).exit).toBe(0)
    expect(statSync(join(project.root, ONE, 'assets/run.sh')).mode & 0o777 & ~0o022).toBe(0o755)
    expect(project.git('status', '--short')).toBe('')
  })

  it('a publish and a pull give back the names, bytes and modes of any folder', async () => {
    const names = [
      ...[
        'a b.txt',
        'größe.bin',
        '日本.txt',
        '.hidden',
        'x.tar.gz',
        "it's.txt",
        '-dash',
        '[x].txt',
        '{a}.md',
      ],
      ...['#x', '%41', 'a+b', '@x', 'a,b;c', '(1)', 'deep/er/and/deeper.txt', 'x'.repeat(180), 'README.md'],
    ]
    const asset = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), runs: fc.boolean() })
    const folder = fc.dictionary(fc.constantFrom(...names), asset, { minKeys: 4 })
    await fc.assert(
      fc.asyncProperty(folder, async (assets) => {
        rmSync(join(project.root, ONE, 'assets'), { recursive: true, force: true })
        for (const [name, { bytes, runs }] of Object.entries(assets)) {
          const path = join(project.root, ONE, 'assets', name)
          mkdirSync(dirname(path), { recursive: true })
          writeFileSync(path, bytes)
          chmodSync(path, runs ? 0o755 : 0o644)
        }
        project.commit()
        const { exit, json } = await publish()
        expect({ exit, error: json.error }).toEqual({ exit: 0, error: undefined })
        rmSync(join(project.root, ONE), { recursive: true })
        expect((await project.run('registry', 'pull', 'agents', 'one')).exit).toBe(0)
        // git compares names, bytes and executable bits.
        expect(project.git('status', '--short', '--untracked-files=all')).toBe('')
      }),
      { numRuns: 3 },
    )
  })
})

describe('bundles that are missing from storage', () => {
  it('missing bundles are made again from their commits, whatever .gitattributes says', async () => {
    const local = new TestProject({}, { resident: true })
    local.write(agentFiles('one')).write({ '.gitignore': '.nofx\n', '.gitattributes': ATTRIBUTES })
    local.git('config', 'core.autocrlf', 'true')
    // Git would warn of each conversion.
    local.git('config', 'core.safecrlf', 'false')
    for (const name of ['skip', 'subst', 'id', 'eol', 'lost'])
      local.write({ [`${ONE}/assets/${name}.txt`]: '$Id$ $Format:%H$\r\n' })
    local.write({ [`${ONE}/assets/wide.txt`]: Buffer.from('wide\n', 'utf16le') }).commit()
    expect((await local.run('registry', 'publish')).exit).toBe(0)
    local.write({ [`${ONE}/prompts/system.md`]: 'v2\n' }).commit()
    expect((await local.run('registry', 'publish')).exit).toBe(0)
    rmSync(join(local.root, '.nofx/storage/registry/agents/one'), { recursive: true })
    const lost = await local.run('registry', 'verify', '--deep', '--repair', '--json')
    expect({ exit: lost.exit, damaged: lost.json.data.damaged.length }).toEqual({ exit: 0, damaged: 2 })
    const again = await local.run('registry', 'verify', '--deep', '--json')
    expect({ exit: again.exit, damaged: again.json.data.damaged }).toEqual({ exit: 0, damaged: [] })
    local.remove()
  })
})
