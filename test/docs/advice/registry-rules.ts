import type { Advice } from './failures.ts'

/** Advice for the rules that the database enforces, which are `rule` in the detail of a refusal. */
export const REGISTRY_ADVICE: Record<string, Advice> = {
  NOFX_BUNDLE_CHANGED: {
    cause: 'The stored bundle has other bytes than the published one, or was replaced during the publish.',
    act: 'Publish again: if no version needs the stored bundle, it was removed, and the right one is uploaded. Otherwise run `nofx registry verify --repair`.',
  },
  NOFX_BUNDLE_MISSING: {
    cause: 'Storage does not have a bundle of the publish, or has it with another size.',
    act: 'Publish again, which uploads the missing bundles.',
  },
  NOFX_POLICY_CAP: {
    cause: 'A number in the manifest is above its cap in `registry_policies.caps`.',
    act: 'Lower the field in the message, or ask the owner of the registry to raise the cap ([limits](operations.md#limits)).',
  },
  NOFX_COMMIT_RANK: {
    cause:
      'The rank is not the height of a commit, or is more than 100,000 above every rank of the registry.',
    act: 'Give the number that `git rev-list --count --first-parent HEAD` prints. After a move to a repository with a much longer history, run `nofx registry rebase-rank`.',
  },
  NOFX_COMMIT_SHA: {
    cause: 'The commit is not a full SHA.',
    act: 'Give all 40 hex digits (64 with SHA-256), as `git rev-parse HEAD` prints them.',
  },
  NOFX_PREVIEW_BUNDLE: {
    cause:
      'A revision of a preview refers to a bundle that belongs neither to the preview nor to production.',
    act: 'Publish into the preview again.',
  },
  NOFX_ENABLE_STATUS: {
    cause: 'The manifest of the version to enable has the status `disabled`.',
    act: 'Change `status` and publish the definition, then enable it.',
  },
  NOFX_PREVIEW_NAME: {
    cause:
      'The name of a preview is too long, or has other characters than lower-case letters, digits and single hyphens.',
    act: 'Choose a name such as `pr-123`.',
  },
  NOFX_PREVIEW_QUOTA: {
    cause: 'The registry, or the share of this repository, has as many previews as it may.',
    act: 'Take down a preview that is not needed any more ([previews](previews.md#take-a-preview-down)).',
  },
  NOFX_PREVIEW_TTL: {
    cause: 'The lifetime of the preview is longer than the registry allows.',
    act: 'Give a shorter `--ttl`; each new `up` extends the lifetime.',
  },
  NOFX_PROMOTE_DISABLED: {
    cause: 'The draft’s manifest has the status `disabled`, which cannot be promoted.',
    act: 'Change `status` and publish the draft again. To disable the definition, publish it as it is.',
  },
  NOFX_PROMOTE_NO_DRAFT: {
    cause: 'The newest version is not a draft: the draft is live already, or a later version replaced it.',
    act: 'Publish a draft first ([promotion](promotion.md#publish-a-draft)).',
  },
  NOFX_REFERENCE_MISSING: {
    cause: 'A definition requires another one that is not live in the registry.',
    act: 'Publish the required definition first, or both together: `nofx registry publish` publishes all kinds.',
  },
  NOFX_ROLLBACK_TARGET: {
    cause:
      'The version to go back to is a tombstone, a draft, withdrawn, or has the content that is live; or the release to undo disabled or enabled a definition.',
    act: 'Choose another version with `nofx registry history`, or run the command in the hint.',
  },
  NOFX_STILL_REQUIRED: {
    cause: 'The change removes a version or a skill that a live definition requires.',
    act: 'Change the definition in the message first, or accept that it is broken with `--force`.',
  },
  NOFX_SWITCH_NOT_LIVE: {
    cause:
      'The definition is removed or only a draft, so readers see no version that could be disabled or enabled.',
    act: 'See its versions with `nofx registry history`; to bring back a removed definition: `nofx registry undelete`.',
  },
  NOFX_VERSION_REUSED: {
    cause: 'The `version` in the manifest was published before with other content.',
    act: 'Raise `version`, or remove the field.',
  },
  NOFX_WITHDRAW_LIVE: {
    cause: 'The content to withdraw is live, so readers would be left without a version.',
    act: 'Roll the definition back, publish corrected content, or remove the definition; then withdraw the version ([runbook](rollback-runbook.md#a-leaked-secret)).',
  },
}
