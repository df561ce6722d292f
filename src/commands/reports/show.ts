import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentLeftOut, presentReport } from '../../cli/present/reports.ts'
import { findingsScreen } from '../../cli/terminal/findings-screen.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ReportManifest } from '../../contract/protocol/reports.ts'
import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import { FORMATS, type FormatName, formats } from '../../core/formats/formats.ts'
import { printableText } from '../../core/printable.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { Report } from '../../core/registry/reports.ts'
import { shortId } from '../../core/registry/short-id.ts'

export default class Show extends BaseCommand {
  static override summary = 'Show one report: who checked what, and what was found.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f2a91c0',
    '<%= config.bin %> <%= command.id %> 3f2a91c0 --format sarif > findings.sarif',
    '<%= config.bin %> <%= command.id %> 3f2a91c0 --manifests',
  ]
  static override args = {
    id: Args.string({ description: 'id of the report, or its start', required: true }),
  }
  static override flags = {
    env,
    pager: screenFlags.pager,
    verbose: Flags.boolean({ description: 'on a terminal: every finding, also those that are alike' }),
    format: Flags.option({ description: 'how findings are written', options: FORMATS, default: 'text' })(),
    manifests: Flags.boolean({
      description: 'the manifests that were checked, too',
      exclusive: ['format'],
    }),
  }

  async run(): Promise<Answer<'reports show'>> {
    const { args, flags } = await this.parse(Show)
    const kinds = await this.kinds()
    const { reports, preview } = await this.registry(kinds)
    const report = await reports.show(args.id)
    this.diagnostics = report.findings
    const findings = await this.write(flags.format, report, kinds, { ...flags, preview })
    if (flags.format !== 'text') return this.printDocument(findings, report)
    const text = [presentReport(report, preview), findings, presentLeftOut(report)].filter(Boolean).join('\n')
    if (!flags.manifests) return this.answer({ report }, text)
    const manifests = await readManifests(report, reports)
    const parts = [text, ...manifests.map(presentManifest)]
    return this.answer({ report, manifests }, parts.join('\n\n'))
  }

  private printDocument(text: string, report: Report): Answer<'reports show'> {
    this.logDocument(text)
    return { report }
  }

  private async write(
    name: FormatName,
    { id, findings }: Report,
    kinds: Kind[],
    { verbose, preview }: { verbose: boolean; preview: string | undefined },
  ): Promise<string> {
    const more = verbose ? undefined : keepInPreview(`nofx reports show ${shortId(id)} --verbose`, preview)
    const format = await formats[name]()
    return format(findings, {
      rules: Object.assign({}, ...kinds.map((kind) => kind.rules)),
      version: this.config.version,
      paint: this.paint,
      screen: findingsScreen(process.stdout, { more, onDisk: false }),
    })
  }
}

/** @throws Failure NOT_FOUND when the report has none */
async function readManifests({ id, manifests }: Report, reports: Registry['reports']) {
  if (manifests !== null) return reports.manifests(manifests)
  throw new Failure('NOT_FOUND', `the report ${id} has no manifests`, 'see: nofx reports list')
}

function presentManifest(manifest: ReportManifest): string {
  const { file, change, text } = manifest
  return printableText(`${nameOf(manifest)}/${file}  ${change}\n${text.trimEnd()}`)
}
