import { join } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../core/failure.ts'
import { renderImportReport } from '../../core/import/render-report.ts'
import { importClaude } from '../../plugins/agents/import-claude/import-claude.ts'

export default class ImportClaude extends TreeCommand {
  static override summary = 'Turn Claude agents (Markdown with front matter) into agent definitions.'
  static override description =
    'Reads every agents/*.md below a folder. What cannot be mapped is kept under metadata.import, what had to be guessed is reported. Running it again changes nothing.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/.claude --owner @acme/tools',
    '<%= config.bin %> <%= command.id %> vendor/plugins --dry-run',
  ]
  static override args = { from: Args.string({ description: 'a folder or a file', required: true }) }
  static override flags = {
    owner: Flags.string({ description: 'owner of the definitions; without one they become drafts' }),
    'dry-run': Flags.boolean({ description: 'report and write nothing' }),
    force: Flags.boolean({ description: 'overwrite definitions that were edited since their import' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ImportClaude)
    const to = join(this.tree(await this.kinds()).root, 'agents')
    const report = await importClaude({
      from: args.from,
      to,
      owner: flags.owner,
      dryRun: flags['dry-run'],
      force: flags.force,
    })
    const answer = this.answer(report, renderImportReport(report))
    if (report.failed.length === 0) return answer
    this.diagnostics = report.failed.flatMap((row) => row.diagnostics)
    throw new Failure(
      'FINDINGS',
      `${report.failed.length} files were not imported`,
      'mend them and import again',
      { detail: report },
    )
  }
}
