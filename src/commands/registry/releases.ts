import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import { presentReleases } from '../../cli/present/releases.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
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
    ...screenFlags,
    limit: Flags.integer({ description: 'how many', default: 20, min: 1, max: 1000 }),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(Releases)
    const registry = await this.registry(await this.kinds())
    const found = await registry.releases(flags.limit)
    const releases = found.map((release) => ({ ...release, counts: countOutcomes(release) }))
    return this.answer({ releases }, presentReleases(releases, this.screen))
  }
}

/** How many definitions a release changed, by outcome. */
function countOutcomes({ outcomes }: Release): Counts {
  const counts: Counts = {}
  for (const { outcome } of outcomes)
    if (outcome !== 'unchanged') counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
