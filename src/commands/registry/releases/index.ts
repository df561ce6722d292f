import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../../cli/base-command.ts'
import { env } from '../../../cli/env-flag.ts'
import type { Answer } from '../../../cli/json/commands.ts'
import { presentReleases } from '../../../cli/present/releases.ts'
import { screenFlags } from '../../../cli/terminal/screen-flags.ts'
import { recentReleases } from '../../../core/moves/recent-moves.ts'
import type { Release } from '../../../core/registry/registry.ts'
import { parseSince } from '../../../core/since.ts'

export default class Releases extends BaseCommand {
  static override summary = 'Show publishes, promotions, rollbacks and removals, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --since 2h',
    '<%= config.bin %> <%= command.id %> --limit 5 --json',
  ]
  static override flags = {
    env,
    ...screenFlags,
    limit: Flags.integer({ description: 'how many', default: 20, min: 1, max: 1000 }),
    since: Flags.string({
      description: 'only those since then: a length such as 2h, or a time',
      helpValue: '2h',
    }),
  }

  async run(): Promise<Answer<'registry releases'>> {
    const { flags } = await this.parse(Releases)
    const since = flags.since === undefined ? undefined : parseSince(flags.since, Date.now())
    const registry = await this.registry(await this.kinds())
    const recent = await recentReleases(registry, { limit: flags.limit, since, each: 1 })
    const releases = recent.map((release) => ({ ...release, outcomeCounts: countOutcomes(release) }))
    return this.answer({ releases }, presentReleases(recent, since, this.screen))
  }
}

/** How many definitions a release changed, by outcome. */
function countOutcomes({ outcomes }: Release): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of outcomes)
    if (outcome !== 'unchanged') counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
