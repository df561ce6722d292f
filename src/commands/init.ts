import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as Flags from '@oclif/core/flags'
import { agentKind, hasClaudeFiles, hasDefinitions } from '../cli/init/first-definitions.ts'
import { describeEdits, type InitAnswer, presentEnd, presentPlan } from '../cli/init/present-plan.ts'
import {
  askYes,
  FIRSTS,
  type InitAnswers,
  type InitFlags,
  onTerminal,
  type Situation,
  settle,
} from '../cli/init/questions.ts'
import type { Answer } from '../cli/json/commands.ts'
import { count } from '../cli/present/table.ts'
import { isTerminal } from '../cli/terminal/ask-text.ts'
import { measureProseWidth } from '../cli/terminal/screen.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import { Failure } from '../contract/failure.ts'
import { nameOf } from '../contract/name.ts'
import { quoteWord } from '../contract/text/quote-word.ts'
import { shownPath } from '../core/disk/shown-path.ts'
import type { Edit } from '../core/init/edit.ts'
import { HOOKS } from '../core/init/hook.ts'
import { planFiles, type Supplies, writeFiles } from '../core/init/init.ts'
import { nextCommands } from '../core/init/next-commands.ts'
import { makeRepository, type Place, surveyPlace, withRepository } from '../core/init/place.ts'
import { chooseOwner, findOwner } from '../core/owner.ts'
import { requireId, scaffold } from '../core/scaffold.ts'
import { CLAUDE_FORMATS } from '../import/claude-templates/claude-formats.ts'
import { importTree } from '../import/import-definitions.ts'
import { mergeImportReports, type TreeImportReport } from '../import/import-report.ts'

/** The first definitions: what the plan shows of them, and how they are made. */
interface FirstStep {
  changes: InitAnswer['changes']
  notes: string[]
  make: () => Promise<unknown>
}

/** A plan, and what carries it out. */
interface Work {
  plan: Omit<InitAnswer, 'dryRun' | 'written' | 'next'>
  edits: readonly Edit[]
  first: FirstStep
  place: Place
  asks: boolean
  yes: boolean
  dryRun: boolean
}

/** How many imported definitions the plan names. */
const NAMED = 3
const NO_FIRST: FirstStep = { changes: [], notes: [], make: async () => undefined }

export default class Init extends TreeCommand {
  static override summary = 'Prepare a folder or a repository for definitions.'
  static override description =
    'Makes package.json or adds to it, and to .gitignore and the settings of VS Code; adds a hook before commits, a workflow for GitHub Actions, and a first agent or an import. It keeps every byte of existing files; where a file cannot be edited safely, it prints the lines. A second run changes nothing. It asks on a terminal, and shows the plan before it writes; elsewhere, or with --yes, flags answer.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --yes --git --hook git --first agent --id reviewer',
  ]
  static override flags = {
    yes: Flags.boolean({ description: 'ask nothing, and write what the flags and the project say' }),
    git: Flags.boolean({ description: 'make a git repository if the project is not in one' }),
    editor: Flags.boolean({
      allowNo: true,
      description: 'add the JSON Schemas of manifests to .vscode/settings.json',
    }),
    hook: Flags.option({
      options: HOOKS,
      description: 'what runs nofx validate before a commit; by default the manager that the repository has',
    })(),
    workflow: Flags.boolean({
      allowNo: true,
      description: 'add a workflow for GitHub Actions; by default if a remote is on GitHub',
    }),
    action: Flags.string({ description: 'the action of the workflow: OWNER/nofx@v0' }),
    first: Flags.option({
      options: FIRSTS,
      description: 'the first definitions: an agent, or an import of what Claude Code reads',
    })(),
    id: Flags.string({ description: 'the id of the first agent' }),
    from: Flags.string({ description: 'the folder of the import; .claude if not given' }),
    owner: Flags.string({ description: "owner of the first definitions; git's user.email, when not given" }),
    'dry-run': Flags.boolean({ description: 'show the plan and write nothing' }),
  }

  async run(): Promise<Answer<'init'>> {
    const { flags } = await this.parse(Init)
    const surveyedPlace = await surveyPlace(this.project, process.cwd(), await this.kinds())
    const supplies = this.supplies(flags)
    const asks = isTerminal() && !flags.yes && !flags['dry-run'] && !this.jsonEnabled()
    const answers = await this.answers(surveyedPlace, flags, supplies, asks)
    const place = answers.git ? await withRepository(surveyedPlace) : surveyedPlace
    const files = planFiles(place, answers, supplies)
    const first = await this.first(place, answers, flags)
    const changes = [...describeEdits(files.edits), ...first.changes]
    const { root } = place
    const plan = { root, git: answers.git, changes, byHand: files.byHand, notes: first.notes }
    const dryRun = flags['dry-run'] === true
    return this.carryOut({ plan, edits: files.edits, first, place, asks, yes: flags.yes === true, dryRun })
  }

  /** Shows the plan, asks whether to write it, and writes it. */
  private async carryOut({ plan, edits, first, place, asks, yes, dryRun }: Work): Promise<Answer<'init'>> {
    const isEmpty = plan.changes.length === 0 && !plan.git
    const planText = presentPlan(plan, measureProseWidth(process.stdout))
    if (asks && planText) this.log(planText)
    const agreed = asks && !isEmpty && (await askYes('Write this?', true, onTerminal(this.interrupt.signal)))
    const isWritten = !isEmpty && (agreed || yes === true) && !dryRun
    if (isWritten) {
      if (plan.git) await makeRepository(place)
      writeFiles(plan.root, edits)
      await first.make()
    }
    const state = { leavesChanges: isWritten, hasDefinitions: hasDefinitions(place) }
    const next = isWritten || isEmpty ? await nextCommands(place, state) : [this.again(asks)]
    const ending: InitAnswer = { ...plan, dryRun, written: isWritten, next }
    const text = [...(asks ? [] : [planText]), presentEnd(ending)].filter(Boolean).join('\n')
    const answer = this.answer(ending, text)
    if (isEmpty || isWritten || asks || dryRun) return answer
    const message = 'nothing was written: the command has no terminal to ask on'
    throw new Failure('USAGE', message, `write this plan with: ${next[0]}`)
  }

  /** The command that writes what this one only showed. */
  private again(asks: boolean): string {
    const words = this.argv.filter((word) => !['--dry-run', '--json', '--yes'].includes(word))
    return ['npx nofx init', ...(asks ? [] : ['--yes']), ...words.map(quoteWord)].join(' ')
  }

  private async answers(
    place: Place,
    flags: InitFlags & { from?: string },
    supplies: Supplies,
    asks: boolean,
  ): Promise<InitAnswers> {
    const from = this.source(place, flags.from)
    const importable = flags.first === undefined ? await this.importable(place, from) : 0
    const situation: Situation = {
      place,
      importable,
      from,
      hasDefinitions: hasDefinitions(place),
      hasAction: supplies.action !== undefined,
    }
    return settle(flags, situation, asks ? onTerminal(this.interrupt.signal) : undefined)
  }

  /** How many definitions an import would make. */
  private async importable(place: Place, from: string): Promise<number> {
    if (!hasClaudeFiles(from)) return 0
    const importReport = await this.import(place, { from, dryRun: true }).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'NO_DEFINITIONS') return undefined
      throw error
    })
    return importReport?.imported.length ?? 0
  }

  /** Plans the first definitions: what exists already is not made again. */
  private async first(
    place: Place,
    { first, id }: InitAnswers,
    flags: { from?: string; owner?: string },
  ): Promise<FirstStep> {
    if (first === 'none') return NO_FIRST
    if (first === 'import') {
      const owner = await findOwner(flags.owner, place.root)
      return this.firstImport(place, this.source(place, flags.from), owner)
    }
    const kind = agentKind(place.kinds)
    const root = resolve(place.root, place.definitions)
    const path = `${place.definitions}/${kind.id}/${id}`
    if (existsSync(resolve(place.root, path))) return NO_FIRST
    requireId(kind, id)
    const owner = await chooseOwner(flags.owner, place.root)
    return {
      changes: [{ path, action: 'create', adds: ['a first agent'] }],
      notes: [],
      make: () => scaffold({ root, kind, id, owner }),
    }
  }

  private async firstImport(place: Place, from: string, owner: string | undefined): Promise<FirstStep> {
    const importReport = await this.import(place, { from, owner, dryRun: true })
    const { imported, failed } = importReport
    const notes =
      failed.length > 0
        ? [`${count(failed.length, 'file')} cannot be imported: nofx import claude ${quoteWord(from)}`]
        : []
    if (imported.length === 0) return { ...NO_FIRST, notes }
    const names = imported.map(nameOf)
    const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
    const adds = [
      `${count(names.length, 'definition')} of ${from}: ${names.slice(0, NAMED).join(', ')}${rest}`,
    ]
    return {
      changes: [{ path: place.definitions, action: hasDefinitions(place) ? 'edit' : 'create', adds }],
      notes: [...notes, `the report of the import: nofx import claude ${quoteWord(from)} --dry-run`],
      make: () => this.import(place, { from, owner, dryRun: false }),
    }
  }

  private async import(
    place: Place,
    options: { from: string; owner?: string | undefined; dryRun: boolean },
  ): Promise<TreeImportReport> {
    const root = resolve(place.root, place.definitions)
    const { owner, ...rest } = options
    const importOptions = owner === undefined ? rest : { ...rest, owner }
    const importReports = await importTree(CLAUDE_FORMATS, root, { ...importOptions, kinds: place.kinds })
    return mergeImportReports(root, importReports)
  }

  /** The folder of the import, as a person would write it. */
  private source({ root }: Place, from: string | undefined): string {
    return from ?? shownPath(join(root, '.claude'))
  }

  /** What the installed package brings. @throws Failure USAGE for a workflow whose action is unknown */
  private supplies(flags: { action?: string | undefined; workflow?: boolean | undefined }): Supplies {
    const { root, version, pjson } = this.config
    const { repository } = pjson as { repository?: { url?: string } }
    const [, name] = /github\.com[/:]([^/]+\/[^/]+?)(?:\.git)?$/.exec(repository?.url ?? '') ?? []
    const action = flags.action ?? (name && `${name}@v${version.split('.')[0]}`)
    if (flags.workflow && !action) {
      const hint = 'add --action OWNER/nofx@v0, with the owner of the repository of NOFX'
      throw new Failure('USAGE', 'the repository of the action is unknown', hint)
    }
    return {
      version,
      schemas: readdirSync(join(root, 'docs/schema')).map((file) => file.replace(/\.json$/, '')),
      workflow: readFileSync(join(root, 'examples/ci/nofx.yml'), 'utf8'),
      action,
    }
  }
}
