import * as Flags from '@oclif/core/flags'
import { definitionArgs, requireDefinition } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { versionFlag } from '../../cli/definition/version-flag.ts'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentDeployHook } from '../../cli/present/deploy-hook.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { createDeployHook } from '../../cloud/hosted/deploy-hook.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { promote } from '../../core/promote.ts'
import type { Registry } from '../../core/registry/registry.ts'

export default class Promote extends TreeCommand {
  static override summary = 'Make the newest draft of a definition live.'
  static override description =
    'Appends a revision with the content of the draft, in the state active (or deprecated, if its manifest has that status). The definition in the tree may stay a draft: publishing the same content again changes nothing. Calls the deploy hook in NOFX_DEPLOY_HOOK_URL, if it is set.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents/reviewer',
    '<%= config.bin %> <%= command.id %> agents/reviewer --reason "a week without complaints" --dry-run',
  ]
  static override args = definitionArgs
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    reason: Flags.string({ description: 'why, for the history' }),
    expect: versionFlag({ description: 'refuse unless this is the newest version' }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
    force: Flags.boolean({
      description: 'continue although a requirement is not live, or live definitions need more',
    }),
  }

  async run(): Promise<Answer<'registry promote'>> {
    const { args, flags } = await this.parse(Promote)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const { kind, id } = requireDefinition(kinds, args, 'registry promote')
    const { latestVersion: seenVersion } = await requireHead(registry, kind.id, id, kinds)
    const { reason, force, expect: expectedVersion } = flags
    const why = { reason, ...(await this.intent(flags)) }
    const request = { kind: kind.id, id, expectedVersion, seenVersion, force, ...why }
    const result = await promote(registry, request)
    const { data, text } = await this.released(result, registry, kinds, { verb: 'promote', ...why })
    const deployHook = await this.ring(result, registry)
    if (!deployHook) return this.answer(data, text)
    return this.answer({ ...data, deployHook }, `${text}\n${presentDeployHook(deployHook, this.paint)}`)
  }

  /** Only a promotion in production that has happened changes what is built from the registry. */
  private async ring({ dryRun }: ReleaseResult, { preview }: Registry) {
    const isReal = !dryRun && preview === undefined
    return isReal ? createDeployHook(process.env, { signal: this.interrupt.signal })?.() : undefined
  }
}
