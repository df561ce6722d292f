import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { table } from '../../cli/present/table.ts'

export default class Releases extends BaseCommand {
  static override summary = 'Show publishes, rollbacks and removals, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit 5 --json',
  ]
  static override flags = {
    limit: Flags.integer({ description: 'how many', default: 20, min: 1, max: 1000 }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(Releases)
    const registry = await this.registry(await this.kinds())
    const releases = await registry.releases(flags.limit)
    const rows = releases.map((release) => [
      release.id,
      release.origin,
      release.outcomes.filter((row) => row.outcome !== 'unchanged').length,
      release.commit.sha.slice(0, 12),
      release.createdAt,
      release.actor,
      release.reason ?? '',
    ])
    const heading = ['RELEASE', 'ORIGIN', 'MOVED', 'COMMIT', 'AT', 'BY', 'REASON']
    return this.answer({ releases }, rows.length ? table(heading, rows) : 'Nothing has been published yet.')
  }
}
