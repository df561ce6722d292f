import type { Advice } from './failures.ts'

/** Advice for the rules that the database enforces, which are `rule` in the detail of a refusal. */
export const REGISTRY_ADVICE: Record<string, Advice> = {
  NOFX_BUNDLE_CHANGED: {
    cause:
      'Storage has other bytes at the name of a bundle than were published, or they were replaced meanwhile.',
    act: 'Publish again: an object that no version needs was removed, and the right one is uploaded. Otherwise `nofx registry verify --repair`.',
  },
  NOFX_BUNDLE_MISSING: {
    cause: 'The commit names a bundle that storage does not have, or not with that size.',
    act: 'Publish again: what is missing is uploaded.',
  },
  NOFX_POLICY_CAP: {
    cause: 'A definition wants more than `registry_policies.caps` allows.',
    act: 'Lower the field that is named, or have the cap raised ([limits](operations.md#limits)).',
  },
  NOFX_COMMIT_RANK: {
    cause:
      'A commit’s rank is not the height of a commit, or lies more than 100,000 above every rank of the registry.',
    act: 'Give what `git rev-list --count --first-parent HEAD` says. After a move to a repository with a much longer history: `nofx registry rebase-rank`.',
  },
  NOFX_COMMIT_SHA: {
    cause: 'A commit is not named by its whole SHA.',
    act: 'Give 40 hex digits (64 with SHA-256), as `git rev-parse HEAD` prints them.',
  },
  NOFX_PREVIEW_BUNDLE: {
    cause:
      'A revision of a preview refers to a bundle that is neither the preview’s own nor one of production’s.',
    act: 'Publish into the preview again.',
  },
  NOFX_PREVIEW_NAME: {
    cause: 'The name of a preview is not lower-case letters, digits and single hyphens, or is too long.',
    act: 'Choose a name such as `pr-123`.',
  },
  NOFX_PREVIEW_QUOTA: {
    cause: 'There are as many previews as the registry allows, or as the share of this repository is.',
    act: 'Take one down that nobody needs ([previews](previews.md)).',
  },
  NOFX_PREVIEW_TTL: {
    cause: 'A preview was asked to live longer than the registry allows.',
    act: 'Ask for less; a new `up` extends it.',
  },
  NOFX_PROMOTE_DISABLED: {
    cause: 'The draft’s manifest has the status `disabled`, which no promotion makes live.',
    act: 'Change `status` and publish the draft again, or publish it as it is to disable the definition.',
  },
  NOFX_PROMOTE_NO_DRAFT: {
    cause: 'The newest version is no draft: it is live already, or was never one.',
    act: 'Publish a draft first ([promotion](promotion.md)).',
  },
  NOFX_REFERENCE_MISSING: {
    cause: 'What a live definition needs is not live in the registry when it is published.',
    act: 'Publish that one first or together with it: `nofx registry publish` takes all kinds.',
  },
  NOFX_STILL_REQUIRED: {
    cause: 'A publish, a removal or a rollback would take from a live definition what it needs.',
    act: 'Change what requires it first, or accept the damage with `--force`.',
  },
  NOFX_VERSION_REUSED: {
    cause: 'The manifest’s `version` was published before with other content.',
    act: 'Give it a new `version`, or leave the field out.',
  },
  NOFX_WITHDRAW_LIVE: {
    cause: 'The content that is to be withdrawn is live: readers would be left with nothing.',
    act: 'Roll the definition back, publish corrected content or remove it; then withdraw the version ([runbook](rollback-runbook.md#a-leaked-secret)).',
  },
}
