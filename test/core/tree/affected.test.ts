import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf } from '../../../src/contract/name.ts'
import { affectedBy } from '../../../src/core/tree/affected.ts'
import { listFolders, toNamed } from '../../../src/core/tree/collect.ts'
import { selectFiles } from '../../../src/core/tree/selection.ts'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { agent } from '../../harness/project.ts'

const KINDS = [agents, templates]
let folder: string
let root: string
let tree: WorkingTree

function write(path: string, content: string | object): void {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content))
}

function writeAgent(id: string, ...requires: string[]): void {
  write(`agents/${id}/agent.json`, agent(id, requires.length ? { dependencies: { agents: requires } } : {}))
  write(`agents/${id}/prompts/system.md`, 'You work.\n')
}

function writeTemplate(id: string, supported: string[], skill = 'work'): void {
  write(`templates/${id}/template.json`, {
    templateId: id,
    name: id,
    description: 'Looks at one thing.',
    owner: '@acme/tools',
    category: 'issues',
    defaultPlan: { steps: [{ id: 'read', skill, prompt: { text: 'Read it.' } }] },
    rollbackAdvice: 'Nothing is changed.',
    supportedAgents: supported,
    resourceProfile: 'small',
  })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nofx-affected-'))
  root = join(folder, 'real', 'shared')
  tree = { root, shownPath: 'shared', kinds: KINDS }
  writeAgent('base')
  writeAgent('middle', 'base')
  writeAgent('top', 'middle')
  writeAgent('other')
  writeAgent('orphan', 'gone')
  for (const [from, to] of ['ab', 'bc', 'cd', 'da']) writeAgent(`ring-${from}`, `ring-${to}`)
  write(
    'agents/successor/agent.json',
    agent('successor', { status: 'deprecated', deprecation: { message: 'Old.', replacedBy: 'other' } }),
  )
  write(
    'agents/escaped/agent.json',
    JSON.stringify(agent('escaped', { dependencies: { agents: ['base'] } })).replace(
      '"base"',
      '"b\\u0061se"',
    ),
  )
  write('agents/mentions/agent.json', agent('mentions', { description: 'Is like base in all but the name.' }))
  write('agents/torn/agent.json', '{ "dependencies": { "agents": ["base"] }')
  write('agents/README.md', 'x')
  writeTemplate('uses-base', ['base'])
  writeTemplate('uses-many', ['other', 'base@^1'])
  writeTemplate('uses-other', ['other'])
  symlinkSync(join(folder, 'real'), join(folder, 'link'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Which definitions are checked and which paths are ignored, for paths relative to the folder above the definitions.
 */
function look(paths: string[], kinds = KINDS, cwd = join(folder, 'real')) {
  const selection = selectFiles(paths, kinds, root, cwd)
  const covers = affectedBy(tree, selection)
  const all = KINDS.flatMap((kind) => listFolders(root, 'shared', kind))
  const names = all.map(toNamed).filter(covers).map(nameOf)
  return { names, ignored: selection.ignored }
}

const USES_BASE = ['agents/escaped', 'agents/middle', 'templates/uses-base', 'templates/uses-many']

describe('the definitions that changed files select', () => {
  it.each<[what: string, paths: string[], names: string[]]>([
    ['their own definition', ['shared/agents/top/agent.json'], ['agents/top']],
    [
      'definitions that refer to theirs, in any spelling',
      ['shared/agents/base/agent.json'],
      ['agents/base', ...USES_BASE],
    ],
    ['the same for a prompt’s file', ['shared/agents/base/prompts/system.md'], ['agents/base', ...USES_BASE]],
    [
      'definitions that mention theirs as a successor',
      ['shared/agents/other/agent.json'],
      ['agents/other', 'agents/successor', 'templates/uses-many', 'templates/uses-other'],
    ],
    ['the dependents of a deleted definition', ['shared/agents/gone/agent.json'], ['agents/orphan']],
    ['none, for a deleted definition without dependents', ['shared/agents/never/agent.json'], []],
    ['a definition whose own manifest is torn', ['shared/agents/torn/agent.json'], ['agents/torn']],
    ['a template', ['shared/templates/uses-base/template.json'], ['templates/uses-base']],
    [
      'all definitions of a circle',
      ['shared/agents/ring-c/agent.json'],
      ['agents/ring-a', 'agents/ring-b', 'agents/ring-c', 'agents/ring-d'],
    ],
  ])('are %s', (_what, paths, names) => {
    expect(look(paths)).toEqual({ names: names.sort(), ignored: [] })
  })

  it('are found for absolute paths, through links, and for files deleted with their folders', () => {
    const paths = ['agents/top/agent.json', 'agents/gone/deep/down.md'].map((path) =>
      join(folder, 'link/shared', path),
    )
    expect(look(paths, KINDS, tmpdir()).names).toEqual(['agents/orphan', 'agents/top'])
  })

  it('are none for files outside of every definition, and these files are reported', () => {
    const paths = ['README.md', 'shared/agents/README.md', 'shared/robots/x/robot.json', '/etc/hostname']
    expect(look(paths)).toEqual({ names: [], ignored: paths })
    expect(look([...paths, 'shared/agents/top/agent.json']).names).toEqual(['agents/top'])
  })

  it('are limited to the requested kinds', () => {
    expect(look(['shared/agents/base/agent.json'], [templates]).names).toEqual([])
    expect(look(['shared/agents/base'], [agents]).names).toEqual([
      'agents/base',
      'agents/escaped',
      'agents/middle',
    ])
  })

  it('are found for folders: a kind’s folder with everything that refers to it, or a parent', () => {
    const all = look(['shared']).names
    expect(look(['.']).names).toEqual(all)
    expect(look(['shared/agents']).names).toEqual(all)
    expect(look(['shared/templates']).names).toEqual(all.filter((name) => name.startsWith('templates/')))
  })
})
