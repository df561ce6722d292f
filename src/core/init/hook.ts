import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { addToYaml, type YamlAddition } from './add-to-yaml.ts'
import { addLines, type InitPart, NOTHING, propose, readText } from './edit.ts'
import { atTop, dependsOn, type Place } from './place.ts'

/** What runs the check before a commit. `git` is a plain hook of git itself. */
export const HOOKS = ['none', 'git', 'husky', 'lefthook', 'pre-commit'] as const
export type Hook = (typeof HOOKS)[number]

/** The files of each manager's settings, the preferred first. */
const LEFTHOOK = ['lefthook.yml', '.lefthook.yml', 'lefthook.yaml', '.lefthook.yaml']
const LEFTHOOK_OTHER = ['lefthook.toml', '.lefthook.toml', 'lefthook.json', '.lefthook.json']
const PRE_COMMIT = ['.pre-commit-config.yaml', '.pre-commit-config.yml']

/** The hook manager that a repository uses; undefined without one. */
export function findHookManager(place: Place): Exclude<Hook, 'none' | 'git'> | undefined {
  const has = (path: string) => existsSync(resolve(place.root, atTop(place, path)))
  if (has('.husky') || dependsOn(place, 'husky')) return 'husky'
  if ([...LEFTHOOK, ...LEFTHOOK_OTHER].some(has) || dependsOn(place, 'lefthook')) return 'lefthook'
  return PRE_COMMIT.some(has) ? 'pre-commit' : undefined
}

/** Whether some hook runs `nofx validate` already. */
function isHooked(place: Place): boolean {
  const { repository } = place
  const files = ['.husky/pre-commit', ...LEFTHOOK, ...LEFTHOOK_OTHER, ...PRE_COMMIT].map((path) =>
    atTop(place, path),
  )
  if (repository?.hooks) files.push(gitHookPath(place, repository.hooks))
  return files.some((path) => /nofx[ -]validate/.test(readText(place.root, path).text ?? ''))
}

/** The hook that checks what is about to be committed. */
export function hookPart(place: Place, hook: Hook): InitPart {
  const { repository } = place
  if (hook === 'none' || isHooked(place)) return NOTHING
  if (hook === 'lefthook') return lefthookPart(place)
  if (hook === 'pre-commit') return preCommitPart(place)
  if (hook === 'husky') return shellPart(place, atTop(place, '.husky/pre-commit'), '')
  if (repository?.hooks) return shellPart(place, gitHookPath(place, repository.hooks), '#!/bin/sh\n')
  const why = repository ? 'is in a folder that core.hooksPath names' : 'needs a git repository'
  return { edits: [], byHand: [{ path: 'pre-commit', why, lines: [shellLine(place)] }] }
}

const gitHookPath = ({ root }: Place, hooks: string): string =>
  relative(root, join(hooks, 'pre-commit')).replaceAll('\\', '/')

/** The command in a shell hook, which starts in the top folder of the repository. */
function shellLine({ definitions, repository }: Place): string {
  const { prefix = '' } = repository ?? {}
  const folder = quoteWord(`${prefix}${definitions}`)
  const check = `nofx validate --staged`
  const run = prefix
    ? `(cd ${quoteWord(prefix)} && node_modules/.bin/${check})`
    : `node_modules/.bin/${check}`
  return `git diff --cached --quiet -- ${folder} || ${run} || exit 1`
}

/** A shell script. The line goes to its start, so that its end still decides about everything else. */
function shellPart(place: Place, path: string, head: string): InitPart {
  const line = shellLine(place)
  return propose(place.root, {
    path,
    fresh: `${head}${line}\n`,
    add: (text) => addAtStart(text, line),
    adds: () => ['nofx validate --staged'],
    lines: [line],
    executable: true,
  })
}

/** Adds a line below the first line of a script, which names its shell; undefined if that is not a shell. */
function addAtStart(text: string, line: string): string | undefined {
  const [first = ''] = text.split('\n', 1)
  if (text.includes('\r')) return undefined
  if (!first.startsWith('#!')) return `${line}\n${text}`
  if (!/\b(?:ba|da|z|k)?sh\b/.test(first)) return undefined
  return text === first ? addLines(text, [line]) : `${first}\n${line}\n${text.slice(first.length + 1)}`
}

function lefthookPart(place: Place): InitPart {
  const { repository, definitions } = place
  const { prefix = '' } = repository ?? {}
  const lines = [
    'nofx:',
    `  glob: ${JSON.stringify(`${prefix}${definitions}/**`)}`,
    ...(prefix ? [`  root: ${JSON.stringify(prefix)}`] : []),
    '  run: node_modules/.bin/nofx validate --staged',
  ]
  const value = {
    nofx: {
      glob: `${prefix}${definitions}/**`,
      ...(prefix ? { root: prefix } : {}),
      run: 'node_modules/.bin/nofx validate --staged',
    },
  }
  return yamlPart(place, [...LEFTHOOK, ...LEFTHOOK_OTHER], { keys: ['pre-commit', 'commands'], lines, value })
}

function preCommitPart(place: Place): InitPart {
  const { repository, definitions } = place
  const { prefix = '' } = repository ?? {}
  const files = `^${`${prefix}${definitions}`.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`
  const entry = prefix
    ? `sh -c ${JSON.stringify(`cd ${quoteWord(prefix)} && node_modules/.bin/nofx validate --staged`)}`
    : 'node_modules/.bin/nofx validate --staged'
  const hook = {
    id: 'nofx-validate',
    name: 'nofx validate',
    language: 'system',
    entry,
    files,
    pass_filenames: false,
  }
  const [first, ...rest] = Object.entries(hook).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const lines = ['- repo: local', '  hooks:', `    - ${first}`, ...rest.map((line) => `      ${line}`)]
  return yamlPart(place, PRE_COMMIT, { keys: ['repos'], lines, value: [{ repo: 'local', hooks: [hook] }] })
}

/** The settings of a manager: the file that exists, else a new one with the first name. */
function yamlPart(place: Place, names: readonly string[], addition: YamlAddition): InitPart {
  const paths = names.map((name) => atTop(place, name))
  const path = paths.find((one) => existsSync(resolve(place.root, one))) ?? paths[0] ?? ''
  const isYaml = /\.ya?ml$/.test(path)
  return propose(place.root, {
    path,
    fresh: addToYaml('', addition),
    add: (text) => (isYaml ? addToYaml(text, addition) : undefined),
    adds: () => ['nofx validate --staged'],
    lines: [...addition.keys.map((key, depth) => `${'  '.repeat(depth)}${key}:`), ...addition.lines],
  })
}
