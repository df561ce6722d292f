import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Answer } from '../../cli/json/commands.ts'
import { readNameValues } from '../../cli/name-values.ts'
import { count } from '../../cli/present/table.ts'
import { measureProseWidth } from '../../cli/terminal/screen.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import { CLAUDE_FORMATS } from '../../import/claude-templates/claude-formats.ts'
import { importTree } from '../../import/import-definitions.ts'
import { mergeImportReports } from '../../import/import-report.ts'
import { renderImportReport } from '../../import/render-report.ts'

export default class ImportClaude extends TreeCommand {
  static override summary = 'Turn Claude skills, agents and commands into skills, agents and templates.'
  static override description =
    'Reads every agents/**/*.md and commands/**/*.md below a folder, and Markdown elsewhere whose front matter is that of an agent or a command, and every folder with a SKILL.md. Other formats are passed over and listed. Fields that cannot be mapped are kept under metadata.import or in docs.md, and guesses are reported. A second run takes what changed at its source and keeps what was edited here; where both changed, it shows a diff.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/.claude --owner @acme/tools',
    '<%= config.bin %> <%= command.id %> vendor/plugins --dry-run',
    '<%= config.bin %> <%= command.id %> vendor/plugins agents',
  ]
  static override args = {
    from: Args.string({ description: 'a folder or a file', required: true }),
    kind: Args.string({
      description: 'what to import; all by default',
      options: CLAUDE_FORMATS.map(({ kind }) => kind),
    }),
  }
  static override flags = {
    owner: Flags.string({ description: 'owner of the definitions; without one they become drafts' }),
    prefix: Flags.string({
      description: 'put before every id, such as the name of the collection: PREFIX-reviewer',
    }),
    id: Flags.string({
      multiple: true,
      description: 'FILE=ID: the id of one file’s definition; FILE is written as the report has it',
    }),
    'strip-hidden': Flags.boolean({ description: 'leave out hidden characters that nofx validate refuses' }),
    'dry-run': Flags.boolean({ description: 'report and write nothing' }),
    'keep-edits': Flags.boolean({
      description: 'keep an edit where its source changed as well, and report it no more',
      exclusive: ['force'],
    }),
    force: Flags.boolean({
      description: 'overwrite definitions that were edited since their import, or not imported',
    }),
  }

  async run(): Promise<Answer<'import claude'>> {
    const { args, flags } = await this.parse(ImportClaude)
    const { root, shownPath, kinds } = this.tree(await this.kinds())
    const formats = CLAUDE_FORMATS.filter(({ kind }) => args.kind === undefined || kind === args.kind)
    const reports = await importTree(formats, root, { ...readImportFlags(flags), from: args.from, kinds })
    const merged = mergeImportReports(root, reports)
    const answer = this.answer(merged, present(merged, shownPath))
    this.diagnostics = merged.failed.flatMap((row) => row.diagnostics)
    if (merged.failed.length > 0) throw notImported(merged.failed.length)
    return answer
  }
}

/** The report for people. */
export function present(merged: ReturnType<typeof mergeImportReports>, to: string): string {
  return renderImportReport({ ...merged, to }, measureProseWidth(process.stdout))
}

interface ImportFlags {
  owner?: string
  prefix?: string
  id?: string[]
  force?: boolean
  'dry-run'?: boolean
  'keep-edits'?: boolean
  'strip-hidden'?: boolean
}

/** The options of an import that its flags give. */
export function readImportFlags(flags: ImportFlags) {
  const {
    owner,
    prefix,
    force,
    'dry-run': dryRun,
    'keep-edits': keepEdits,
    'strip-hidden': stripHidden,
  } = flags
  return { owner, prefix, ids: readIds(flags.id), force, dryRun, keepEdits, stripHidden }
}

function readIds(words: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(Object.entries(readNameValues('--id', words, {})))
}

/** The failure of an import that left files out. */
export function notImported(failed: number): Failure {
  const files = count(failed, 'file was', 'files were')
  return new Failure(
    'FINDINGS',
    `${files} not imported`,
    'fix the findings under "failed", then import again',
  )
}
