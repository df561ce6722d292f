import * as Args from '@oclif/core/args'
import type { Answer } from '../../cli/json/commands.ts'
import { loadFormats } from '../../cli/plugins/load-formats.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { importTree } from '../../import/import-definitions.ts'
import { mergeImportReports } from '../../import/import-report.ts'
import { chooseImport } from '../../import/other-agents/choose-import.ts'
import { fromExchange } from '../../import/other-agents/from-exchange.ts'
import ImportClaude, { notImported, present, readImportFlags } from './claude.ts'

export default class Import extends TreeCommand {
  static override summary =
    'Turn agents and skills of Claude, Codex, Copilot, Cursor and Gemini into definitions.'
  static override description =
    'Reads a folder with the files of one program or of several: *.agent.md of Copilot, TOML of Codex, Markdown in .cursor/agents and .gemini/agents or with fields of these programs, agents and commands of Claude, and every folder with a SKILL.md. With the name of a format, every file is read as one of that format. Fields that cannot be mapped are kept under metadata.import, and guesses are reported. An import never grants what its source does not ask for.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> vendor/agents --owner @acme/tools --dry-run',
    '<%= config.bin %> <%= command.id %> codex ~/.codex --owner @acme/tools',
  ]
  static override args = {
    source: Args.string({ description: 'a folder or a file; or a format, such as codex', required: true }),
    from: Args.string({ description: 'the folder or the file, after a format' }),
    kind: Args.string({ description: 'what to import, such as agents; all by default' }),
  }
  static override flags = ImportClaude.flags

  async run(): Promise<Answer<'import'>> {
    const { args, flags } = await this.parse(Import)
    const { root, shownPath, kinds } = this.tree(await this.kinds())
    const others = (await loadFormats(this.config)).flatMap((format) => fromExchange(format) ?? [])
    const { formats, from } = chooseImport([args.source, args.from, args.kind], others)
    const reports = await importTree(formats, root, { ...readImportFlags(flags), from, kinds })
    const merged = mergeImportReports(root, reports)
    const answer = this.answer(merged, present(merged, shownPath))
    this.diagnostics = merged.failed.flatMap((row) => row.diagnostics)
    if (merged.failed.length > 0) throw notImported(merged.failed.length)
    return answer
  }
}
