// @ts-check
// The objects of every new Supabase project that the migrations need.

/** The roles that the API runs as. */
export const CREATE_ROLES = ['anon', 'authenticated', 'service_role']
  .map((role) => `create role ${role} nologin noinherit ${role === 'service_role' ? 'bypassrls' : ''};`)
  .join('\n')

/** The part of Supabase's storage schema that @supabase/lite creates and NOFX's functions use. */
export const CREATE_STORAGE = `
create schema storage;
create table storage.buckets (
  id text primary key,
  name text not null unique,
  owner uuid,
  owner_id text,
  public boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets,
  name text,
  owner uuid,
  owner_id text,
  metadata jsonb,
  user_metadata jsonb,
  path_tokens text[],
  version text,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  unique (bucket_id, name)
);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant usage on schema storage to anon, authenticated, service_role;
grant all on all tables in schema storage to anon, authenticated, service_role;
grant usage on schema public to anon, authenticated, service_role;`
