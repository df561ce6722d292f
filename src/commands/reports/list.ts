import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentReports } from '../../cli/present/reports.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'

export default class List extends BaseCommand {
  static override summary = 'Show what validations and publishes found, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --verdict refused --limit 5 --json',
  ]
  static override flags = {
    env,
    ...screenFlags,
    limit: Flags.integer({ description: 'how many', default: 20, min: 1, max: 1000 }),
    verdict: Flags.option({
      description: 'only reports with this verdict',
      options: ['accepted', 'refused'] as const,
    })(),
  }

  async run(): Promise<Answer<'reports list'>> {
    const { flags } = await this.parse(List)
    const registry = await this.registry(await this.kinds())
    const reports = await registry.reports.list(flags)
    return this.answer({ reports }, presentReports(reports, this.screen, flags.verdict))
  }
}
