import type * as z from 'zod'
import { doctorData, importData, reportData, reportsData, validateData, verifyData } from './checks.ts'
import { historyData, listData, pullData, showData } from './definitions.ts'
import { exportData, formatsData } from './exchange.ts'
import * as others from './others.ts'
import {
  diffData,
  planData,
  previewDownData,
  previewListData,
  previewSweepData,
  previewUpData,
  publishData,
} from './plans.ts'
import { promoteData, rebaseData, releaseData, releasedData, releasesData } from './releases.ts'

/** The shape of `data` in the document of each command, by the command's name. */
export const DATA = {
  completion: others.completionData,
  console: others.consoleData,
  dev: others.devData,
  doctor: doctorData,
  export: exportData,
  formats: formatsData,
  import: importData,
  'import claude': importData,
  init: others.initData,
  login: others.loginData,
  logout: others.logoutData,
  new: others.newData,
  'preview diff': planData,
  'preview down': previewDownData,
  'preview list': previewListData,
  'preview sweep': previewSweepData,
  'preview up': previewUpData,
  'registry diff': diffData,
  'registry disable': releasedData,
  'registry enable': releasedData,
  'registry history': historyData,
  'registry list': listData,
  'registry promote': promoteData,
  'registry publish': publishData,
  'registry pull': pullData,
  'registry rebase-rank': rebaseData,
  'registry releases': releasesData,
  'registry releases show': releaseData,
  'registry rollback': releasedData,
  'registry show': showData,
  'registry status': planData,
  'registry undelete': releasedData,
  'registry verify': verifyData,
  'registry withdraw': releasedData,
  'reports list': reportsData,
  'reports show': reportData,
  schema: others.schemaData,
  'templates instantiate': others.instantiateData,
  validate: validateData,
  'webhooks add': others.webhookAddData,
  'webhooks list': others.webhooksData,
  'webhooks remove': others.webhookRemoveData,
  'webhooks rotate': others.webhookRotateData,
  'webhooks test': others.webhookTestData,
  whoami: others.whoamiData,
  'worker run': others.runData,
} as const

export type CommandName = keyof typeof DATA

/** The same value, of which nothing can be changed. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** What the command with this name returns: the compiler compares it with the shape. */
export type Answer<Name extends CommandName> = Frozen<z.infer<(typeof DATA)[Name]>>
