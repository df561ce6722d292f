import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {
  chooseKind,
  type ExportSource,
  parseSource,
  selectForExport,
} from '../cli/definition/export-words.ts'
import { env } from '../cli/env-flag.ts'
import type { Answer } from '../cli/json/commands.ts'
import { isForeignFormat } from '../cli/plugins/guard-format.ts'
import { isFromPlugin } from '../cli/plugins/guard-kind.ts'
import { loadFormats, pickFormat } from '../cli/plugins/load-formats.ts'
import { measureProseWidth } from '../cli/terminal/screen.ts'
import { TreeCommand } from '../cli/tree-command.ts'
import type { Kind } from '../contract/kind.ts'
import { openExportCache } from '../export/export-cache.ts'
import { type ExportOptions, type ExportOutcome, exportDefinitions } from '../export/export-definitions.ts'
import { readRegistryItems } from '../export/export-items.ts'
import { exportTree } from '../export/export-tree.ts'
import { renderExport } from '../export/render-export.ts'

/** Bundles are for publishers. */
const BUNDLES = { flag: '--from', least: 'publisher' } as const

export default class Export extends TreeCommand {
  static override summary = 'Write definitions in the format of another program.'
  static override description =
    'Writes agents and skills as Claude Code, Codex, Copilot, Cursor, Gemini CLI and other programs keep them, plugins and marketplaces of them, and reports every field that is not written as it is. What an agent may do never grows. The target gets a record of what was written: a file that is not in it, or that was edited since, is never overwritten without --force (exit 4). The formats are listed by: nofx formats'
  static override examples = [
    '<%= config.bin %> <%= command.id %> claude --to ~/.claude',
    '<%= config.bin %> <%= command.id %> codex agents reviewer --to .codex --from live',
    '<%= config.bin %> <%= command.id %> copilot --to .github --check',
    '<%= config.bin %> <%= command.id %> mcp --client vscode --to .',
    '<%= config.bin %> <%= command.id %> claude-marketplace --bundle acme-tools --to marketplace',
  ]
  static override strict = false
  static override args = {
    format: Args.string({ description: 'the format, such as claude', required: true }),
    kind: Args.string({ description: 'kind of the definitions, or a definition as agents/reviewer' }),
    id: Args.string({ description: 'ids; all definitions of the kind when none is named' }),
  }
  static override flags = {
    env,
    to: Flags.string({
      helpValue: '<folder>',
      description: 'the folder that gets the files, such as ~/.claude',
      required: true,
    }),
    from: Flags.string({
      helpValue: 'tree|live|<id>@v3',
      description: 'where definitions are read: tree, live, or a version as <id>@v3 or skills/<id>@v3',
      default: 'tree',
    }),
    bundle: Flags.string({
      description: 'the name of one plugin with all definitions, or of the marketplace',
    }),
    'base-url': Flags.string({
      description: 'for a marketplace of archives: the https address that will serve the folder',
    }),
    with: Flags.string({
      multiple: true,
      options: ['claude'],
      description: 'write the files of this program beside those of the format',
    }),
    client: Flags.string({ description: 'the client, for a format that serves several' }),
    check: Flags.boolean({
      description: 'write nothing, show a diff, and exit with 1 if the folder differs',
      exclusive: ['dry-run', 'force'],
    }),
    prune: Flags.boolean({ description: 'remove files of an earlier export that this one does not write' }),
    force: Flags.boolean({ description: 'overwrite files that were edited, or that no export wrote' }),
    strict: Flags.boolean({ description: 'fail where a limit of an agent would not be written as it is' }),
    'allow-effects': Flags.boolean({
      description: 'give imported agents back every tool, hooks and modes that their sources ask for',
    }),
    'dry-run': Flags.boolean({ description: 'show what would be written, and write nothing' }),
  }

  async run(): Promise<Answer<'export'>> {
    const { args, argv, flags } = await this.parse(Export)
    const kinds = await this.kinds()
    const format = pickFormat(await loadFormats(this.config), args.format)
    const source = parseSource(flags.from)
    const selections = selectForExport(kinds, format, (argv as string[]).slice(1), source)
    const { 'dry-run': dryRun, 'allow-effects': allowEffects, 'base-url': baseUrl } = flags
    const options = { ...flags, dryRun, allowEffects, baseUrl, format, selections }
    const { report, diagnostics, failure } = await this.write(source, options, kinds)
    const answer = this.answer(report, renderExport(report, measureProseWidth(process.stdout)))
    await this.printFindings(diagnostics)
    if (failure) throw failure
    return answer
  }

  private async write(source: ExportSource, options: ExportOptions, kinds: Kind[]): Promise<ExportOutcome> {
    const { format, selections } = options
    if (source.from === 'tree') {
      const tree = this.tree(kinds)
      const isOwn = !isForeignFormat(format) && !selections.some(({ kind }) => isFromPlugin(kind))
      return exportTree(tree, options, isOwn ? openExportCache(this.project.root, tree, options) : undefined)
    }
    const version = source.from === 'version' ? source.version : undefined
    const registry = await this.registry(kinds, BUNDLES)
    const only = await chooseKind(registry, selections, source)
    const items = await readRegistryItems(registry, only, version)
    return exportDefinitions(items, { ...options, selections: only })
  }
}
