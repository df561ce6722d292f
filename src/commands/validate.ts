import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { openAskRegistry } from '../cli/ask-registry.ts'
import { checkWhole } from '../cli/check-whole.ts'
import { splitTreeWords } from '../cli/definition/tree-words.ts'
import type { Answer } from '../cli/json/commands.ts'
import type { ReportOutcome } from '../cli/keep-report.ts'
import { hasOwnRules } from '../cli/plugins/guard-kind.ts'
import { isRefused, refusal, renderSummary, sumUp } from '../cli/present/validated.ts'
import { watchStages } from '../cli/progress.ts'
import { takeLook } from '../cli/quick/first-look.ts'
import { readerStarter } from '../cli/start-reader.ts'
import { findingsScreen } from '../cli/terminal/findings-screen.ts'
import { fromHere, TreeCommand } from '../cli/tree-command.ts'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { FORMATS, type FormatName, formats } from '../core/formats/formats.ts'
import { findGitPlace } from '../core/git/git-place.ts'
import { affectedBy } from '../core/tree/affected.ts'
import { treeOfIndex } from '../core/tree/commit-tree.ts'
import type { Difference } from '../core/tree/differences.ts'
import { seenByGit } from '../core/tree/disk-view.ts'
import type { Project } from '../core/tree/project.ts'
import { findUnseen } from '../core/tree/publish-source.ts'
import { type Selection, selectFiles } from '../core/tree/selection.ts'
import type { WorkingTree } from '../core/tree/tree.ts'
import { nothingToCheck } from '../core/validate/nothing-to-check.ts'
import type { TreeAnswer } from '../core/validate/tree-answer-cache.ts'
import { type Validated, validate } from '../core/validate/validate.ts'
import type { VerdictCache } from '../core/validate/verdict-cache.ts'

/** The most paths that a note names. */
const MOST_NAMED = 5
/** Formats for a forge, where paths start at the top of the repository. */
const FORGE_FORMATS: ReadonlySet<FormatName> = new Set(['github', 'markdown', 'sarif'])
/** The result of a run, and whether its report was stored. */
interface Looked extends Validated {
  report?: ReportOutcome
  /** Differences from the commit that `git status` does not show. */
  unseen: Difference[]
  /** The selected kinds, if none of them has a definition. */
  missing?: readonly Kind[]
}

/** What decides how the tree is looked at. */
interface LookFlags {
  staged: boolean
  'changed-since'?: string
  strict: boolean
  report: boolean
  'no-cache': boolean
}

export default class Validate extends TreeCommand {
  static override summary = 'Check definitions with every rule, and report each error with its place.'
  static override description =
    'With files, checks only the definitions that contain them and those that refer to these definitions. A deleted file counts for the definition that contained it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --format sarif > findings.sarif',
    '<%= config.bin %> <%= command.id %> packages/shared/agents/reviewer/prompts/system.md',
    '<%= config.bin %> <%= command.id %> --staged',
    '<%= config.bin %> <%= command.id %> --report --comment comment.md',
  ]
  static override strict = false
  static override args = {
    what: Args.string({
      description: 'kinds, definitions as agents/reviewer, or paths; everything by default',
    }),
  }
  static override flags = {
    staged: Flags.boolean({
      description: 'what is staged in git, as it will be committed',
      exclusive: ['changed-since'],
    }),
    'changed-since': Flags.string({
      description: 'definitions that differ from this git ref, and what refers to them',
      helpValue: 'REF',
    }),
    format: Flags.option({
      description: 'how findings are written',
      options: FORMATS,
      default: 'text',
    })(),
    comment: Flags.string({
      description: 'write the comment for a pull request to this file, too',
      helpValue: 'FILE',
    }),
    report: Flags.boolean({ description: 'save the findings in the registry, for collaborators' }),
    verbose: Flags.boolean({ description: 'on a terminal: every finding, also those that are alike' }),
    strict: Flags.boolean({ description: 'warnings count as errors' }),
    'no-cache': Flags.boolean({ description: 'check every definition again, also unchanged ones' }),
  }

  async run(): Promise<Answer<'validate'>> {
    const { argv, flags } = await this.parse(Validate)
    const tree = this.tree(await this.kinds())
    const words = argv as string[]
    const looked = (await this.lookAtAll(tree, words, flags)) ?? (await this.lookAtSome(tree, words, flags))
    this.noteUnseen(looked.unseen, tree)
    this.diagnostics = fromHere(looked.diagnostics)
    if (looked.missing) this.addNote(nothingToCheck(tree, looked.missing, looked.unseen))
    await this.show(looked, tree.kinds, flags)
    return this.conclude(looked, flags)
  }

  /** The whole tree as it is on disk; undefined for all other runs. */
  private async lookAtAll(tree: WorkingTree, words: string[], flags: LookFlags): Promise<Looked | undefined> {
    const isPlain = words.length === 0 && !flags.staged && flags['changed-since'] === undefined
    if (!isPlain || flags.report) return undefined
    const whole = takeLook() ?? (await this.lookAtTree(tree, flags))
    return whole.checked > 0 ? whole : { ...whole, missing: tree.kinds }
  }

  private async lookAtTree(tree: WorkingTree, flags: LookFlags): Promise<TreeAnswer> {
    const { root: projectRoot } = this.project
    const askRegistry = openAskRegistry(() => this.registry(tree.kinds), projectRoot)
    const options = { root: this.config.root, projectRoot, isCached: !flags['no-cache'], askRegistry }
    const watch = await watchStages(['validate'], this.interrupt.signal, !this.jsonEnabled())
    return checkWhole(tree, options, watch).finally(watch.stop)
  }

  private async lookAtSome(tree: WorkingTree, words: string[], flags: LookFlags): Promise<Looked> {
    const covered = await treeToCheck(tree, flags)
    const selection = await this.select(words, covered, flags)
    const unseen = asksForAll(selection, flags) ? findUnseen(tree) : []
    const looked = await this.look(covered, selection, flags)
    const isMissing = looked.checked === 0 && selection.names === 'all'
    return {
      ...looked,
      unseen: await unseen,
      ...(isMissing && { missing: selection.kinds }),
    }
  }

  /** @throws Failure FINDINGS for a tree that has errors, or warnings with `strict` */
  private conclude(looked: Looked, flags: { strict: boolean }): Answer<'validate'> {
    const { report } = looked
    const document = this.keepResult({ counts: sumUp(looked), ...(report && { report }) })
    if (isRefused(looked, flags)) throw refusal(looked)
    return document
  }

  private async show(
    looked: Looked,
    kinds: Kind[],
    flags: { format: FormatName; comment?: string; verbose: boolean; staged: boolean; strict: boolean },
  ): Promise<void> {
    // The failure of a refused tree has the same counts.
    await this.present(kinds, isRefused(looked, flags) ? '' : renderSummary(looked), flags)
    const { comment } = flags
    if (comment === undefined) return
    const { writeCommentFile } = await import('../cli/write-comment.ts')
    await writeCommentFile(comment, { diagnostics: this.diagnostics })
  }

  private async select(
    argv: string[],
    tree: WorkingTree,
    flags: { staged: boolean; 'changed-since'?: string },
  ): Promise<Selection> {
    const { kinds, root } = tree
    const { kinds: selectedKinds, paths } = splitTreeWords(kinds, argv, root)
    const picked = selectedKinds.length ? selectedKinds : kinds
    const since = flags['changed-since']
    if (since === '')
      throw new Failure('USAGE', '--changed-since is empty', 'name a branch, a tag or a commit')
    if (!flags.staged && !since) {
      if (paths.length === 0) return { kinds: picked, names: 'all', ignored: [] }
      const selection = selectFiles(paths, picked, root, process.cwd())
      this.noteIgnored(selection.ignored)
      return selection
    }
    const { selectByGit } = await import('../core/tree/git-selection.ts')
    const { selection, removed } = await selectByGit(tree, picked, since)
    this.noteIgnored(selection.ignored)
    if (removed.length > 0)
      this.addNote(`removed, so only what refers to it is checked: ${joinNames(removed)}`)
    return selection
  }

  private noteIgnored(ignored: readonly string[]): void {
    if (ignored.length > 0) this.addNote(`not in a definition, so not checked: ${joinNames(ignored)}`)
  }

  private async look(
    tree: WorkingTree,
    selection: Selection,
    options: LookFlags,
  ): Promise<Validated & { report?: ReportOutcome }> {
    const askRegistry = openAskRegistry(() => this.registry(tree.kinds), this.project.root)
    const watch = await watchStages(['validate'], this.interrupt.signal, !this.jsonEnabled())
    const covers = affectedBy(tree, selection)
    const cache =
      options['no-cache'] || selection.names !== 'all' ? undefined : await openCache(this.project, tree)
    const startReader = readerStarter(this.config.root)
    const using = { selects: covers, askRegistry, cache, startReader }
    const validated = await validate(tree, using, watch).finally(watch.stop)
    if (!options.report) return validated
    const { diagnostics, checked } = validated
    const verdict = isRefused(validated, options) ? 'refused' : 'accepted'
    const check = { origin: 'validate', verdict, tree, covers, definitions: checked, diagnostics } as const
    return { ...validated, report: await this.keep(check) }
  }

  private async present(
    kinds: Kind[],
    summary: string,
    { format: name, verbose, staged }: { format: FormatName; verbose: boolean; staged: boolean },
  ): Promise<void> {
    const more = verbose ? undefined : 'nofx validate --verbose'
    const format = await formats[name]()
    const text = format(this.diagnostics, {
      rules: Object.assign({}, ...kinds.map((kind) => kind.rules)),
      version: this.config.version,
      paint: this.paint,
      screen: findingsScreen(process.stdout, { more, onDisk: !staged }),
      ...(FORGE_FORMATS.has(name) ? { inRepository: (await findGitPlace(process.cwd()))?.path ?? '' } : {}),
    })
    if (name === 'text') this.log([text, summary].filter(Boolean).join('\n'))
    else if (text) this.logDocument(text)
  }
}

/** Whether the command covers the working tree itself, so that files which git hides there matter. */
function asksForAll({ names }: Selection, flags: { staged: boolean; 'changed-since'?: string }): boolean {
  return !flags.staged && (names === 'all' || flags['changed-since'] !== undefined)
}

/** The verdicts of earlier runs, for the kinds whose rules are nofx's own. */
async function openCache({ root }: Project, tree: WorkingTree): Promise<VerdictCache | undefined> {
  const { openVerdictCache } = await import('../core/validate/open-verdict-cache.ts')
  return openVerdictCache(root, tree, hasOwnRules)
}

/** The first of these, and how many more there are. */
function joinNames(all: readonly string[]): string {
  const rest = all.length - MOST_NAMED
  return all.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

/** The staged files, or the working tree without the files that git ignores. */
function treeToCheck(tree: WorkingTree, flags: { staged: boolean; report: boolean }): Promise<WorkingTree> {
  // A report names the digests of definitions, which depend on the executable bit; rules do not see it.
  return flags.staged ? treeOfIndex(tree) : seenByGit(tree, flags.report ? undefined : 'rules')
}
