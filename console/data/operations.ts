import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import { api, type Ok, receive } from './client.ts'
import { type Place, timed } from './queries.ts'

export type Rule = Ok<'listRules'>['items'][number]
export type Preview = Ok<'listPreviews'>['items'][number]
export type ShownPreview = Ok<'showPreview'>
export type PreviewItem = NonNullable<ShownPreview['plan']>['items'][number]
export type ReportSummary = Ok<'listReports'>['items'][number]
export type Report = Ok<'showReport'>
export type ReportFinding = Report['findings'][number]
export type Webhook = Ok<'listWebhooks'>['items'][number]
export type MadePlan = Ok<'listInstantiations'>['items'][number]

const nextOf = ({ body }: { body: { nextCursor: string | null } }) => body.nextCursor ?? undefined

/** Every rule that a finding can name; another version of the server may have others. */
export function useRules() {
  return useQuery({
    queryKey: ['rules'],
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    queryFn: ({ signal }) => timed(receive(api.GET('/api/rules', { signal }))),
  })
}

/** All previews; for publishers. */
export function usePreviews(enabled = true) {
  return useQuery({
    queryKey: ['previews'],
    enabled,
    queryFn: ({ signal }) => timed(receive(api.GET('/api/previews', { signal }))),
  })
}

/** How often the plan of a preview is made again, in ms: it compares all definitions of both. */
const COSTLY = 120_000

/** One preview beside production. */
export function usePreview(name: string) {
  return useQuery({
    queryKey: ['preview', name],
    staleTime: COSTLY,
    refetchInterval: COSTLY,
    queryFn: ({ signal }) =>
      timed(receive(api.GET('/api/previews/{name}', { params: { path: { name } }, signal }))),
  })
}

/** The filters of the reports, as the address has them. */
export interface ReportFilters extends Pick<Place, 'env'> {
  verdict?: 'accepted' | 'refused'
  origin?: 'publish' | 'validate'
  pullRequest?: number
}

/** What validations and publishes found, newest first. */
export function useReports(filters: ReportFilters, limit = 50, enabled = true) {
  return useInfiniteQuery({
    queryKey: ['reports', filters, limit],
    enabled,
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam }) => {
      const query = { ...filters, limit, cursor: pageParam }
      return timed(receive(api.GET('/api/reports', { params: { query }, signal })))
    },
    getNextPageParam: nextOf,
  })
}

/** One report with its findings. */
export function useReport(id: string, { env }: Place) {
  return useQuery({
    queryKey: ['report', id, env],
    // A report never changes.
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    queryFn: ({ signal }) =>
      timed(receive(api.GET('/api/reports/{id}', { params: { path: { id }, query: { env } }, signal }))),
  })
}

/** Where the feed is sent. */
export function useWebhooks(enabled = true) {
  return useQuery({
    queryKey: ['webhooks'],
    enabled,
    queryFn: ({ signal }) => timed(receive(api.GET('/api/webhooks', { signal }))),
  })
}

/** Sends a ping to a webhook, and nothing else. */
export function testWebhook(id: string) {
  return receive(api.POST('/api/webhooks/{id}/test', { params: { path: { id } }, body: {} }))
}

/** The filters of the plans, as the address has them. */
export interface PlanFilters extends Pick<Place, 'env'> {
  kind?: string
  id?: string
  actor?: string
}

/** Plans that were made, newest first. */
export function usePlans(filters: PlanFilters) {
  return useInfiniteQuery({
    queryKey: ['plans', filters],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam }) => {
      const query = { ...filters, limit: 50, cursor: pageParam }
      return timed(receive(api.GET('/api/instantiations', { params: { query }, signal })))
    },
    getNextPageParam: nextOf,
  })
}

/** One plan, with the versions that it is locked to. */
export function usePlan(planId: string, { env }: Place) {
  return useQuery({
    queryKey: ['plan', planId, env],
    // A plan never changes.
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    queryFn: ({ signal }) =>
      timed(
        receive(
          api.GET('/api/instantiations/{planId}', { params: { path: { planId }, query: { env } }, signal }),
        ),
      ),
  })
}
