import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import { table } from '../../cli/present/table.ts'
import type { Release } from '../../core/registry/registry.ts'

/** Numbers of definitions by outcome. */
type Counts = Record<string, number>

export default class Releases extends BaseCommand {
  static override summary = 'Show publishes, promotions, rollbacks and removals, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit 5 --json',
  ]
  static override flags = {
    env,
    limit: Flags.integer({ description: 'how many', default: 20, min: 1, max: 1000 }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(Releases)
    const registry = await this.registry(await this.kinds())
    const found = await registry.releases(flags.limit)
    const releases = found.map((release) => ({ ...release, counts: countOutcomes(release) }))
    const rows = releases.map(rowOf)
    const heading = ['RELEASE', 'ORIGIN', 'MOVED', 'COMMIT', 'AT', 'BY', 'REASON']
    return this.answer({ releases }, rows.length ? table(heading, rows) : 'Nothing has been published yet.')
  }
}

function rowOf({ id, origin, counts, commit, createdAt, actor, reason }: Release & { counts: Counts }) {
  const moved = Object.entries(counts).map(([outcome, amount]) => `${amount} ${outcome}`)
  return [id, origin, moved.join(', '), commit.sha.slice(0, 12), createdAt, actor, reason ?? '']
}

/** How many definitions a release changed, by outcome. */
function countOutcomes({ outcomes }: Release): Counts {
  const counts: Counts = {}
  for (const { outcome } of outcomes)
    if (outcome !== 'unchanged') counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
