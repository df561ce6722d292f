import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { git } from '../../../../src/core/git/git-command.ts'
import { agentFiles } from '../../../harness/project.ts'
import { type Hint, hintOf } from '../follow-hint.ts'
import type { Follower } from '../follower.ts'

/** A folder whose name a shell would split: commands about it need quotes. */
const DEFINITIONS = "Ada's files"
const SETTINGS = { 'package.json': { name: 'ours', private: true, nofx: { definitions: DEFINITIONS } } }

/** The files of an agent in that folder. */
function filesOf(id: string, rest: object = {}): Record<string, string | object> {
  const files = Object.entries(agentFiles(id, rest))
  return Object.fromEntries(files.map(([path, text]) => [path.replace('packages/shared', DEFINITIONS), text]))
}

const commit = (person: Follower, files: Record<string, string | object>) =>
  person.project.write({ ...SETTINGS, ...files }).commit()
const gitFolder = (person: Follower) => join(person.project.root, '.git')
const noRepository = (person: Follower) => rmSync(gitFolder(person), { recursive: true })
/** git then treats every repository as another user's. */
const STRANGER = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }
const CLAUDE = {
  'their agents/helper.md': '---\nname: helper\ndescription: Helps.\n---\nYou help.\n',
  'their agents/broken.md': '---\nname: [\n---\n',
}

const INIT: Hint[] = [
  {
    sites: ['src/cli/init/present-plan.ts: git init'],
    shown: (person) => {
      noRepository(person)
      return person.does('nofx init --git --dry-run')
    },
  },
  {
    sites: ['src/commands/init.ts: npx nofx init'],
    shown: (person) => person.does('nofx init --first agent --id "one" --owner "@acme/tools" --dry-run'),
    after: (person) => person.does('nofx validate agents/one'),
  },
  {
    sites: [
      'src/commands/init.ts: nofx import claude <value>',
      'src/commands/init.ts: nofx import claude <value> --dry-run',
    ],
    shown: (person) => {
      person.write(CLAUDE)
      return person.does('nofx init --dry-run --first import --from "their agents"')
    },
  },
  {
    sites: ['src/core/init/next-commands.ts: git init'],
    shown: (person) => {
      noRepository(person)
      return person.does('nofx init --yes')
    },
  },
  {
    sites: [
      'src/core/init/next-commands.ts: npx nofx new agent <id>',
      'src/core/init/next-commands.ts: git add -A && git commit -m "Set up NOFX"',
    ],
    shown: (person) => {
      installNofx(person)
      return person.does('nofx init --yes --hook none --first none')
    },
    put: { '<id>': 'first-one' },
  },
  {
    sites: [
      'src/core/init/next-commands.ts: npx nofx registry publish',
      'src/core/init/next-commands.ts: npx nofx registry list',
    ],
    shown: async (person) => {
      installNofx(person)
      await person.does('nofx init --yes --hook none --first agent --id first-two --owner @acme/tools')
      person.project.commit()
      return person.does('nofx init')
    },
  },
  {
    sites: ['src/core/init/hook.ts: nofx validate --staged'],
    shown: (person) =>
      person.does('nofx init --yes --hook git --first agent --id hooked --owner @acme/tools'),
  },
  {
    sites: [
      'src/core/init/package-json.ts: nofx validate agents --report',
      'src/core/init/package-json.ts: nofx validate templates --report',
      'src/core/init/package-json.ts: nofx registry publish',
    ],
    shown: async (person) => {
      person.write({ 'package.json': { name: 'ours', private: true } })
      await person.does('nofx init --yes --hook none --first agent --id scripted --owner @acme/tools')
      await person.does('nofx new template scripted --owner @acme/tools')
      person.project.commit()
      const { scripts } = JSON.parse(readFileSync(join(person.folder, 'package.json'), 'utf8'))
      return Object.values(scripts as Record<string, string>).join('\n')
    },
  },
]

/** Marks NOFX as installed in the project. */
function installNofx(person: Follower): void {
  person.write({ 'node_modules/.bin/nofx': '', '.gitignore': 'node_modules\n' })
}

const EMPTY: Hint[] = [
  {
    sites: ['src/cli/present/reports.ts: nofx validate --report'],
    shown: (person) => {
      commit(person, filesOf('reported'))
      return person.does('nofx reports list')
    },
  },
  {
    sites: ['src/cli/present/preview.ts: nofx preview up <name>'],
    shown: (person) => {
      commit(person, filesOf('seen'))
      return person.does('nofx preview list')
    },
    put: { '<name>': 'pr-1' },
  },
  {
    sites: ['src/core/validate/nothing-to-check.ts: nofx new <value> <id>'],
    shown: (person) => person.fails('nofx validate'),
    put: { '<id>': 'one' },
    after: (person) => person.does('nofx validate'),
  },
  {
    sites: ['src/core/validate/nothing-to-check.ts: nofx import claude <folder>'],
    shown: (person) => {
      person.write(CLAUDE)
      return person.fails('nofx validate')
    },
    first: (person) => rmSync(join(person.folder, 'their agents/broken.md')),
    put: { '<folder>': '"their agents"' },
    after: (person) => person.does('nofx validate'),
  },
  {
    sites: ['src/core/doctor.ts: nofx new <value> <id>'],
    shown: async (person) => (await person.type('nofx doctor')).text,
    put: { '<id>': 'one' },
  },
  {
    sites: ['src/core/doctor.ts: nofx import claude <folder>'],
    shown: async (person) => {
      person.write({ 'their agents/helper.md': CLAUDE['their agents/helper.md'] })
      return (await person.type('nofx doctor')).text
    },
    put: { '<folder>': '"their agents"' },
  },
]

/** Agents with the same mistake: a terminal shows it once. */
function manyAlike(): Record<string, string | object> {
  const ids = Array.from({ length: 12 }, (_, at) => `same-${at}`)
  return Object.assign({}, ...ids.map((id) => filesOf(id, { tags: ['a', 'a'] })))
}

const TREE: Hint[] = [
  {
    sites: ['src/commands/new.ts: nofx validate <value>'],
    shown: (person) => {
      person.write(SETTINGS)
      return person.does('nofx new agent one --owner @acme/tools')
    },
  },
  {
    sites: ['src/commands/new.ts: nofx new server <value>'],
    shown: (person) => person.fails('nofx new agent one --owner @acme/tools --server com.acme/files'),
    after: (person) => person.does('nofx validate servers'),
  },
  {
    sites: ['src/core/diff/compare.ts: nofx validate <value>'],
    shown: async (person) => {
      commit(person, filesOf('bent'))
      await person.does('nofx registry publish agents/bent')
      person.write({ [`${DEFINITIONS}/agents/bent/agent.json`]: '{' })
      return person.fails('nofx registry diff agents/bent')
    },
    first: (person) => person.write(filesOf('bent')),
  },
  ...['validate', 'registry publish --dry-run --allow-dirty'].map(
    (line, at): Hint => ({
      sites: [`src/${['commands/validate', 'cli/tree-command'][at]}.ts: nofx validate --verbose`],
      shown: (person) => {
        person.write({ ...SETTINGS, ...manyAlike() })
        return person.onScreen(line)
      },
      says: /same-11.* NOFX_TAG_DUPLICATE/,
    }),
  ),
  {
    sites: ['src/commands/reports/show.ts: nofx reports show <value> --verbose'],
    shown: async (person) => {
      person.write({ ...SETTINGS, ...manyAlike() })
      const text = await person.fails('nofx validate --report')
      return person.onScreen(/nofx (reports show \w+)/.exec(text)?.[1] ?? text)
    },
    says: /same-11.* NOFX_TAG_DUPLICATE/,
  },
  {
    sites: ['src/core/tree/publish-source.ts: git add -A && git commit'],
    shown: (person) => {
      person.write({ ...SETTINGS, ...filesOf('uncommitted') })
      return person.fails('nofx registry publish agents/uncommitted')
    },
    after: (person) => person.does('nofx registry publish agents/uncommitted'),
  },
  {
    sites: ['src/core/tree/publish-source.ts: git init && git add -A && git commit'],
    shown: (person) => {
      noRepository(person)
      person.write({ ...SETTINGS, ...filesOf('without-git') })
      return person.fails('nofx registry publish agents/without-git')
    },
    after: (person) => person.does('nofx registry publish agents/without-git'),
  },
  {
    sites: ['src/core/git/named-commit.ts: git rev-list --count --first-parent HEAD'],
    shown: (person) => {
      commit(person, filesOf('ranked'))
      return person.fails('nofx registry publish agents/ranked --commit HEAD --rank 123456789')
    },
  },
  {
    sites: ['src/core/git/named-commit.ts: git rev-parse HEAD'],
    shown: (person) => {
      commit(person, filesOf('ranked'))
      return person.fails('nofx registry publish agents/ranked --commit HEAD --rank 1')
    },
  },
  {
    sites: ['src/core/git/named-commit.ts: git rev-list --count --first-parent <value>'],
    shown: (person) => {
      commit(person, filesOf('ranked'))
      const sha = person.project.git('rev-parse', 'HEAD').trim()
      return person.fails(`nofx registry publish agents/ranked --commit ${sha} --rank 7`)
    },
  },
  {
    sites: ['src/core/tree/publish-source.ts: git fetch --unshallow'],
    shown: (person) => {
      person.project.write({ ...SETTINGS, ...filesOf('cut-off') }).commit()
      commit(person, filesOf('cut-off', { tags: ['b'] }))
      const { root } = person.project
      person.project.git('clone', '-q', '--depth', '1', `file://${root}`, 'clone')
      return person.as({}, 'clone').fails('nofx registry publish agents/cut-off')
    },
    at: 'clone',
    after: (person) => person.does('nofx registry publish agents/cut-off'),
  },
  {
    sites: ['src/core/tree/differences.ts: git add -f <value>'],
    shown: (person) => {
      commit(person, { ...filesOf('with-more'), '.gitignore': 'more.md\n' })
      person.write({ [`${DEFINITIONS}/agents/with-more/prompts/more.md`]: 'More.\n' })
      return person.fails('nofx registry publish agents/with-more')
    },
  },
  {
    sites: ['src/core/tree/differences.ts: git add <value>'],
    shown: (person) => conflict(person, 'nofx registry publish agents/conflicting'),
  },
  {
    sites: ['src/core/git/git-entries.ts: git add <value>'],
    shown: (person) => conflict(person, 'nofx validate --staged'),
    after: (person) => person.does('nofx validate --staged'),
  },
  {
    sites: ['src/core/validate/nothing-to-check.ts: git sparse-checkout add <value>'],
    shown: (person) => {
      commit(person, { ...filesOf('away'), 'docs/a.md': 'A.\n' })
      person.project.git('sparse-checkout', 'set', 'docs')
      return person.fails('nofx validate')
    },
    after: (person) => person.does('nofx validate'),
  },
  {
    sites: ['src/core/doctor.ts: git add -A && git commit'],
    shown: async (person) => {
      person.write({ ...SETTINGS, ...filesOf('one') })
      return (await person.type('nofx doctor')).text
    },
  },
  {
    sites: ['src/core/doctor.ts: git status'],
    shown: async (person) => {
      commit(person, filesOf('one'))
      person.write(filesOf('one', { tags: ['c'] }))
      return (await person.type('nofx doctor')).text
    },
  },
  {
    sites: ['src/contract/check/file-rules.ts: git config core.precomposeunicode true'],
    shown: (person) => {
      person.write({
        ...SETTINGS,
        ...filesOf('one'),
        [`${DEFINITIONS}/agents/one/prompts/cafe\u0301.md`]: 'A.',
      })
      return person.type('nofx validate').then(({ text }) => text)
    },
  },
]

/** Publishes or checks while a merge is not finished, in a file of an agent. */
async function conflict(person: Follower, line: string): Promise<string> {
  commit(person, filesOf('conflicting'))
  person.project.git('checkout', '-q', '-b', 'other')
  commit(person, filesOf('conflicting', { tags: ['theirs'] }))
  person.project.git('checkout', '-q', 'main')
  commit(person, filesOf('conflicting', { tags: ['ours'] }))
  await person.type('git merge -q other')
  person.write(filesOf('conflicting', { tags: ['both'] }))
  return person.fails(line)
}

const GIT: Hint[] = [
  {
    sites: ['src/core/git/git-failure.ts: git init && git add -A && git commit'],
    shown: (person) => {
      noRepository(person)
      person.write({ ...SETTINGS, ...filesOf('one') })
      return person.fails('nofx validate --staged')
    },
    after: (person) => person.does('nofx validate --staged'),
  },
  {
    sites: ['src/core/git/git-failure.ts: unset GIT_DIR'],
    env: { GIT_DIR: '/moved/away.git' },
    shown: (person) => {
      commit(person, filesOf('one'))
      return person.fails('nofx validate --staged')
    },
    after: (person) => person.does('nofx validate --staged'),
  },
  {
    sites: ['src/core/git/git-failure.ts: git add -A && git commit'],
    shown: (person) => {
      person.write({ ...SETTINGS, ...filesOf('one') })
      return person.fails('nofx validate --changed-since HEAD')
    },
    after: (person) => person.does('nofx validate --changed-since HEAD'),
  },
  {
    sites: ['src/core/git/git-failure.ts: git fsck'],
    shown: (person) => {
      commit(person, filesOf('one'))
      writeFileSync(join(gitFolder(person), 'index'), 'not an index of git')
      return person.fails('nofx validate --staged')
    },
    says: /index file/,
  },
  {
    sites: ['src/core/git/git-failure.ts: git status'],
    shown: async (person) => {
      await conflict(person, 'nofx validate --staged')
      return hintOf(git(person.folder, ['write-tree']))
    },
    says: /Unmerged|fix conflicts/i,
  },
  {
    sites: ['src/core/git/git-failure.ts: git config --global --add safe.directory <value>'],
    shown: (person) => {
      commit(person, filesOf('one'))
      return person.as(STRANGER).fails('nofx validate --staged')
    },
    after: (person) => person.as(STRANGER).does('nofx validate --staged'),
  },
  {
    sites: ['src/core/git/object-reader.ts: git fetch --refetch --no-filter'],
    shown: (person) => {
      person.project.git('config', 'uploadpack.allowFilter', 'true')
      commit(person, filesOf('partial', { tags: ['a'] }))
      const { root } = person.project
      person.project.git('clone', '-q', '--sparse', '--filter=blob:none', `file://${root}`, 'clone')
      person.project.git('-C', 'clone', 'config', 'remote.origin.url', 'file:///nowhere')
      return person.as({}, 'clone').fails('nofx registry publish agents/partial')
    },
    at: 'clone',
    first: (person) => person.project.git('-C', 'clone', 'config', 'remote.origin.url', person.project.root),
    after: (person) => person.does('nofx registry publish agents/partial'),
  },
  {
    sites: ['src/core/git/git.ts: git log'],
    shown: (person) => {
      commit(person, filesOf('one'))
      return person.fails('nofx validate --changed-since nowhere')
    },
  },
]

export const FOLDER_HINTS: Hint[] = [...EMPTY, ...INIT, ...TREE, ...GIT]
