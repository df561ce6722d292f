// Made from the OpenAPI document of the API by: npm run docs

export interface paths {
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report whether the database and the storage answer.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["showHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["showOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answer that this MCP server has no sessions: send POST.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["refuseMcpStream"];
        put?: never;
        /**
         * Call the registry as an MCP server (Streamable HTTP, without sessions).
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        post: operations["callMcp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-protected-resource/api/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show where clients of the MCP server get a token.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["showMcpResource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/agent-skills/index.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the live skills, or some of them, as Agent Skills Discovery 0.2.0 has it.
         * @description Open to everyone. Counts as 5 requests of the limit. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["listSkills"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/agent-skills/{name}/SKILL.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the SKILL.md of a live skill.
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["showSkill"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/agent-skills/{archive}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the archive (`<name>.tar.gz`) of a live skill.
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["downloadSkill"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/marketplaces/claude/marketplace.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the live definitions, or some of them, as a marketplace of Claude Code.
         * @description Open to everyone. Counts as 5 requests of the limit. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["showMarketplace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/marketplaces/claude/{kind}/{id}/{archive}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the plugin (`<version>.zip`) of one version of a definition.
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["downloadPlugin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v0.1/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of MCP servers, page by page (MCP Registry API).
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["listRegistryServers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v0.1/servers/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of one MCP server, oldest first (MCP Registry API).
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["listRegistryVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v0.1/servers/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one version of an MCP server (MCP Registry API).
         * @description Open to everyone. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["showRegistryVersion"];
        /**
         * Answer that a change of a server goes through the CLI.
         * @description Open to everyone. The answer is the same in every environment.
         */
        put: operations["refuseRegistryEdit"];
        post?: never;
        /**
         * Answer that the removal of a server goes through the CLI.
         * @description Open to everyone. The answer is the same in every environment.
         */
        delete: operations["refuseRegistryDelete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v0.1/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer that publishing goes through the CLI.
         * @description Open to everyone. The answer is the same in every environment.
         */
        post: operations["refuseRegistryPublish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v0.1/servers/{name}/versions/{version}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Answer that the status of a server goes through the CLI.
         * @description Open to everyone. The answer is the same in every environment.
         */
        patch: operations["refuseRegistryStatus"];
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show who is asking, how to sign in, and which registry this is.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["showSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Begin to sign in at a provider (PKCE), through Supabase Auth.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["startSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finish to sign in: the provider sends the browser here.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        get: operations["finishSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew the session of this browser. Only the own pages may.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        post: operations["refreshSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of this browser. Only the own pages may.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        post: operations["endSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with the code of `nofx dev` or `nofx console`. Only the own pages may.
         * @description Open to everyone; with credentials, publishers also see drafts. Counts as 10 requests of the limit. The answer is the same in every environment.
         */
        post: operations["signInByCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a code to sign in with, which is valid once and for ten minutes. Only with a secret key.
         * @description For publishers and secret keys. The answer is the same in every environment.
         */
        post: operations["createSignInCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a password, where the deployment accepts it. Only the own pages may.
         * @description Open to everyone; with credentials, publishers also see drafts. Counts as 30 requests of the limit. The answer is the same in every environment.
         */
        post: operations["signInByPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the kinds, with the number of their definitions by status.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["listKinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rules for definitions, of all kinds of this server.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["listRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List publishes, rollbacks and promotions, newest first.
         * @description For publishers and secret keys.
         */
        get: operations["listReleases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one release, by its id or its commit, or a unique start of either.
         * @description For publishers and secret keys.
         */
        get: operations["showRelease"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a whole release: every definition that it moved is as before.
         * @description For publishers and secret keys.
         */
        post: operations["undoRelease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{id}/incident": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the paragraph about a rollback, a promotion or a switch, for an incident channel.
         * @description For publishers and secret keys. Counts as 10 requests of the limit.
         */
        get: operations["showIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes after a cursor, in order: public ones for readers, all for publishers.
         * @description Open to everyone; with credentials, publishers also see drafts.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept a signed delivery from the registry’s forwarder.
         * @description Open to everyone; with credentials, publishers also see drafts. The answer is the same in every environment.
         */
        post: operations["receiveDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the previews, with their origin and expiry.
         * @description For publishers and secret keys. The answer is the same in every environment.
         */
        get: operations["listPreviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/previews/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one preview, with what a merge of it would change in production.
         * @description For publishers and secret keys. Counts as 10 requests of the limit. The answer is the same in every environment.
         */
        get: operations["showPreview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what validations and publishes found, newest first.
         * @description For publishers and secret keys.
         */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one report with its findings, by its id or a unique start of it.
         * @description For publishers and secret keys.
         */
        get: operations["showReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where the change feed is sent, with cut addresses.
         * @description For publishers and secret keys. The answer is the same in every environment.
         */
        get: operations["listWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a signed ping to a webhook now, and nothing else.
         * @description For publishers and secret keys. Counts as 10 requests of the limit. The answer is the same in every environment.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instantiations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the plans that were made, newest first.
         * @description For publishers and secret keys.
         */
        get: operations["listInstantiations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instantiations/{planId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one plan, with the versions that it is locked to.
         * @description For publishers and secret keys.
         */
        get: operations["showInstantiation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs of `nofx worker run` in the folder of `nofx dev`, newest first.
         * @description For publishers and secret keys. The answer is the same in every environment.
         */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{runId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one run: its steps, the agents that take them, attempts, outputs, and what waits for an approval.
         * @description For publishers and secret keys. The answer is the same in every environment.
         */
        get: operations["showRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schemas/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The JSON Schema (draft 2020-12) of a kind’s manifest.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed. The answer is the same in every environment.
         */
        get: operations["showSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the definitions of a kind, page by page.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["listDefinitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one definition with its manifest and texts.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["showDefinition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of one definition, newest first.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["listVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one version with its manifest and texts.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["showVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the archive (tar.gz) of one version, assets included.
         * @description Open to everyone; with credentials, publishers also see drafts.
         */
        get: operations["redirectToBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two versions: the manifest by meaning, texts by line, assets by hash, and the risks, highest first.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["diffVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what a definition needs, and which definitions need it.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["showLinks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a definition as a graph: for a template, its steps.
         * @description Open to everyone; with credentials, publishers also see drafts. Send `If-None-Match` to save an answer that has not changed.
         */
        get: operations["showGraph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show which version was live at a time.
         * @description For publishers and secret keys.
         */
        get: operations["showLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a manifest, or a whole definition, with every rule.
         * @description Open to everyone; with credentials, publishers also see drafts. Counts as 10 requests of the limit.
         */
        post: operations["validateDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a whole definition and compare it with the newest version, as a publish would.
         * @description For publishers and secret keys. Counts as 10 requests of the limit.
         */
        post: operations["compareDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll a definition back to an earlier version.
         * @description For publishers and secret keys.
         */
        post: operations["rollbackDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a definition at once, without new content.
         * @description For publishers and secret keys.
         */
        post: operations["disableDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a definition that was disabled.
         * @description For publishers and secret keys.
         */
        post: operations["enableDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the newest draft of a definition live.
         * @description For publishers and secret keys.
         */
        post: operations["promoteDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/undelete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a removed definition back as it was.
         * @description For publishers and secret keys.
         */
        post: operations["undeleteDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/{kind}/{id}/instantiate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a plan of a template, locked to the versions that are live.
         * @description For publishers and secret keys.
         */
        post: operations["instantiateDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            instance: string;
            code: string;
            hint?: string;
            errors?: unknown[];
            error?: string;
        };
        DefinitionList: {
            items: ({
                kind: string;
                id: string;
                /** @enum {string} */
                status: "draft" | "active" | "deprecated" | "disabled" | "removed";
                version: number | null;
                digest: string;
                promptHash: string;
                name: string;
                summary: string;
                tags: string[];
                skills: string[];
                category?: string;
                owner?: string;
                declaredVersion?: string;
                facts: {
                    [key: string]: unknown;
                };
                /** Format: date-time */
                updatedAt: string;
                /** @description For publishers only: who made the live version, or the newest one if none is live. */
                head?: {
                    /** @description The newest version, drafts included; with `at`, the newest one then. */
                    latestVersion: number;
                    /** @description The draft that waits; null if none does, and with `at`. */
                    draftVersion: number | null;
                    /** @description Content that a publish does not make live; empty with `at`. */
                    held: string[];
                    /** @description Who made the version. */
                    actor: string;
                    reason: string | null;
                    /** @enum {string} */
                    origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
                    commitSha: string;
                    dirty: boolean;
                };
                /** @description The manifest of the live version, with `view=manifest`. */
                manifest?: {
                    [key: string]: unknown;
                };
                /** @description The files of the live version, with `view=manifest`. */
                files?: {
                    path: string;
                    size: number;
                    sha256: string;
                    /** @constant */
                    executable?: true;
                }[];
            } | {
                id: string;
                name: string;
                /** @enum {string} */
                status: "draft" | "active" | "deprecated" | "disabled" | "removed";
                version: number | null;
                /** Format: date-time */
                updatedAt: string;
                owner?: string;
                tags: string[];
                /** @description For publishers only: who made the live version, or the newest one if none is live. */
                head?: {
                    /** @description The newest version, drafts included; with `at`, the newest one then. */
                    latestVersion: number;
                    /** @description The draft that waits; null if none does, and with `at`. */
                    draftVersion: number | null;
                    /** @description Content that a publish does not make live; empty with `at`. */
                    held: string[];
                    /** @description Who made the version. */
                    actor: string;
                    reason: string | null;
                    /** @enum {string} */
                    origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
                    commitSha: string;
                    dirty: boolean;
                };
            })[];
            /** @description The number of definitions in all pages, on the first page. */
            total?: number;
            nextCursor: string | null;
            updatedSince: string;
        };
        Definition: {
            kind: string;
            id: string;
            version: number;
            digest: string;
            promptHash: string;
            /** @enum {string} */
            status: "draft" | "active" | "deprecated" | "disabled" | "removed";
            declaredVersion: string | null;
            commitSha: string;
            commitRank: number;
            /** @enum {string} */
            origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
            releaseId: string;
            /** Format: date-time */
            createdAt: string;
            /** @description When the content was withdrawn and deleted. */
            withdrawnAt: string | null;
            /** @description Who made the version; for publishers only. */
            actor?: string;
            /** @description Why; for publishers only. */
            reason?: string | null;
            /** @description The branch or tag; for publishers only. */
            commitRef?: string | null;
            /** @description Whether files were not committed; for publishers only. */
            dirty?: boolean;
            metadata: {
                name: string;
                summary: string;
                tags: string[];
            } & {
                [key: string]: unknown;
            };
            manifest: {
                [key: string]: unknown;
            };
            texts: {
                [key: string]: string;
            };
            files: {
                path: string;
                size: number;
                sha256: string;
                /** @constant */
                executable?: true;
            }[];
            bundle: {
                size: number;
                sha256: string;
            };
            /** @description Whether readers get it: false for a draft, and while it is disabled. */
            live: boolean;
            /** Format: date-time */
            updatedAt: string;
            /** @description When the live version went live; null when readers get none. */
            liveSince: string | null;
            /** @description The newest version that the caller may see. */
            latestVersion: number;
            /** @description The draft that waits; null if none does. For publishers only. */
            draftVersion?: number | null;
            /** @description Content that a publish does not make live; for publishers only. */
            held?: string[];
            previousVersion?: number | null;
            rollbackAdvice?: unknown;
        };
        VersionList: {
            items: {
                kind: string;
                id: string;
                version: number;
                digest: string;
                promptHash: string;
                /** @enum {string} */
                status: "draft" | "active" | "deprecated" | "disabled" | "removed";
                declaredVersion: string | null;
                commitSha: string;
                commitRank: number;
                /** @enum {string} */
                origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
                releaseId: string;
                /** Format: date-time */
                createdAt: string;
                /** @description When the content was withdrawn and deleted. */
                withdrawnAt: string | null;
                /** @description Who made the version; for publishers only. */
                actor?: string;
                /** @description Why; for publishers only. */
                reason?: string | null;
                /** @description The branch or tag; for publishers only. */
                commitRef?: string | null;
                /** @description Whether files were not committed; for publishers only. */
                dirty?: boolean;
                /** @description The release that the release of this version undid; for publishers only. */
                undoes?: string | null;
                /** @description From when to when readers got the version; null if they never did. For publishers only. */
                lived?: {
                    /** Format: date-time */
                    from: string;
                    /** @description Null while they still do. */
                    until: string | null;
                } | null;
            }[];
            nextCursor: string | null;
        };
        Version: {
            kind: string;
            id: string;
            version: number;
            digest: string;
            promptHash: string;
            /** @enum {string} */
            status: "draft" | "active" | "deprecated" | "disabled" | "removed";
            declaredVersion: string | null;
            commitSha: string;
            commitRank: number;
            /** @enum {string} */
            origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
            releaseId: string;
            /** Format: date-time */
            createdAt: string;
            /** @description When the content was withdrawn and deleted. */
            withdrawnAt: string | null;
            /** @description Who made the version; for publishers only. */
            actor?: string;
            /** @description Why; for publishers only. */
            reason?: string | null;
            /** @description The branch or tag; for publishers only. */
            commitRef?: string | null;
            /** @description Whether files were not committed; for publishers only. */
            dirty?: boolean;
            metadata: {
                name: string;
                summary: string;
                tags: string[];
            } & {
                [key: string]: unknown;
            };
            manifest: {
                [key: string]: unknown;
            };
            texts: {
                [key: string]: string;
            };
            files: {
                path: string;
                size: number;
                sha256: string;
                /** @constant */
                executable?: true;
            }[];
            bundle: {
                size: number;
                sha256: string;
            };
            /** @description The release that the release of this version undid; for publishers only. */
            undoes?: string | null;
        };
        VersionDiff: {
            kind: string;
            id: string;
            from: {
                version: number;
                digest: string;
            };
            to: {
                version: number;
                digest: string;
            };
            fields: {
                path: string;
                before?: unknown;
                after?: unknown;
            }[];
            files: {
                path: string;
                /** @enum {string} */
                change: "added" | "removed" | "changed";
                sizes: [
                    number,
                    number
                ];
                patch?: string;
                fields?: {
                    path: string;
                    before?: unknown;
                    after?: unknown;
                }[];
                executable?: boolean;
            }[];
            risks: {
                id: string;
                /** @enum {string} */
                level: "low" | "medium" | "high";
                field: string;
                message: string;
            }[];
            /** @description Versions whose manifest does not fit this version of NOFX: its fields are compared as they are stored, and no risks are known. Absent if there are none. */
            unread?: number[];
        };
        ReleaseList: {
            items: {
                id: string;
                /** @description The number of its last event. */
                seq: number;
                /** @enum {string} */
                origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable" | "withdraw";
                commit: {
                    sha: string;
                    rank: number;
                    dirty: boolean;
                    ref?: string;
                };
                actor: string;
                reason: string | null;
                /** @description The release that this release undid. */
                undoes: string | null;
                /** Format: date-time */
                createdAt: string;
                outcomes: {
                    kind: string;
                    id: string;
                    /** @enum {string} */
                    outcome: "added" | "updated" | "unchanged" | "removed" | "restored" | "promoted" | "rolled-back" | "disabled" | "enabled" | "withdrawn" | "rebased" | "stale" | "held";
                    version: number | null;
                    digest: string | null;
                    rank?: {
                        from: number;
                        to: number;
                    };
                }[];
            }[];
            nextCursor: string | null;
        };
        Release: {
            id: string;
            /** @description The number of its last event. */
            seq: number;
            /** @enum {string} */
            origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable" | "withdraw";
            commit: {
                sha: string;
                rank: number;
                dirty: boolean;
                ref?: string;
            };
            actor: string;
            reason: string | null;
            /** @description The release that this release undid. */
            undoes: string | null;
            /** Format: date-time */
            createdAt: string;
            outcomes: {
                kind: string;
                id: string;
                /** @enum {string} */
                outcome: "added" | "updated" | "unchanged" | "removed" | "restored" | "promoted" | "rolled-back" | "disabled" | "enabled" | "withdrawn" | "rebased" | "stale" | "held";
                version: number | null;
                digest: string | null;
                rank?: {
                    from: number;
                    to: number;
                };
            }[];
            /** @description The release that undid this release. */
            undoneBy: string | null;
            /** @description The first 30 definitions that it moved. */
            moves: {
                kind: string;
                id: string;
                /** @enum {string} */
                outcome: "added" | "updated" | "unchanged" | "removed" | "restored" | "promoted" | "rolled-back" | "disabled" | "enabled" | "withdrawn" | "rebased" | "stale" | "held";
                /** @description The live version before; null if there was none. */
                from: number | null;
                /** @description The version that the release made. */
                to: number | null;
                /** @description The first version with the same content, if it is an earlier one. */
                content: number | null;
                /** @description Whether readers do not see the version. */
                draft: boolean;
            }[];
            /** @description How many definitions it moved. */
            moved: number;
        };
        EventPage: {
            cursor: number;
            mark: string | null;
            events: {
                seq: number;
                type: string;
                kind: string;
                id: string;
                version: number | null;
                digest: string | null;
                releaseId: string | null;
                /** Format: date-time */
                at: string;
                /** @description With `expand=release`: what made it. */
                origin?: ("publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable" | "withdraw") | null;
                /** @description With `expand=release`: who made it. */
                actor?: string | null;
                /** @description With `expand=release`: why. */
                reason?: string | null;
                /** @description With `expand=release`: what happened to the definition. */
                outcome?: ("added" | "updated" | "unchanged" | "removed" | "restored" | "promoted" | "rolled-back" | "disabled" | "enabled" | "withdrawn" | "rebased" | "stale" | "held") | null;
            }[];
        };
    };
    responses: {
        /** @description The query, the body or the environment name is invalid. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Credentials are missing or invalid. */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller may not do this. */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The kind, definition or preview does not exist, or the caller may not see it. */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path is longer than 512 characters. */
        Problem414: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON. */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests; `Retry-After` says when to continue. */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The server failed; the problem has the id of the request. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The registry cannot be reached; `Retry-After` says when to try again. */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    showHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "failed";
                        checks: {
                            database: {
                                ok: boolean;
                                ms: number;
                            };
                            storage: {
                                ok: boolean;
                                ms: number;
                            };
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description At least one of them does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok" | "failed";
                        checks: {
                            database: {
                                ok: boolean;
                                ms: number;
                            };
                            storage: {
                                ok: boolean;
                                ms: number;
                            };
                        };
                    };
                };
            };
        };
    };
    showOpenapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    refuseMcpStream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description The server keeps no sessions and opens no stream for a GET. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    callMcp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer to a JSON-RPC message, as JSON or as a stream. Each call of a tool counts as the requests that it makes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": Record<string, never>;
                };
            };
            /** @description A notification was accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description The client accepts neither JSON nor a stream. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showMcpResource: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata of the protected resource. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        resource: string;
                        authorization_servers: string[];
                        scopes_supported: string[];
                        bearer_methods_supported: string[];
                        resource_name: string;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listSkills: {
        parameters: {
            query?: {
                /** @description Only skills of exactly this owner. */
                owner?: string;
                /** @description Only skills with exactly this tag. */
                tag?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The index. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        $schema: string;
                        skills: {
                            name: string;
                            /** @enum {string} */
                            type: "skill-md" | "archive";
                            description: string;
                            url: string;
                            /** @description `sha256:` and the hash of the bytes at `url`. */
                            digest: string;
                        }[];
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            /** @description The index is larger than an answer may be: a filter makes it smaller. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showSkill: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": Record<string, never>;
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description The skill does not exist or is not live. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    downloadSkill: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                archive: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A gzipped tar of the files. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": Record<string, never>;
                };
            };
            /** @description Redirects to storage, for a large archive. */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description The skill does not exist or is not live. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showMarketplace: {
        parameters: {
            query?: {
                /** @description Only definitions of this kind. */
                kind?: "agents" | "skills" | "templates";
                /** @description Only definitions of exactly this owner. */
                owner?: string;
                /** @description Only definitions with exactly this tag. */
                tag?: string;
                /** @description Only definitions of exactly this category. */
                category?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The marketplace. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        owner: {
                            name: string;
                        };
                        renames?: {
                            [key: string]: string | null;
                        };
                        plugins: ({
                            name: string;
                            version: string;
                            source: unknown;
                        } & {
                            [key: string]: unknown;
                        })[];
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            /** @description The marketplace is larger than an answer may be: a filter makes it smaller. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description The archives are being hashed, and the next request goes on. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    downloadPlugin: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
                archive: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A zip with the plugin at its root. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": Record<string, never>;
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description The version does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRegistryServers: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description The largest number of entries in a page, up to 100; 30 by default. */
                limit?: number;
                /** @description Only servers whose name, title or description contains this text. */
                search?: string;
                /** @description Only versions that changed since this time (RFC 3339), those that were deleted included. */
                updated_since?: string;
                /** @description `latest`, or exactly this version. */
                version?: string;
                /** @description Also versions that are not available any more. */
                include_deleted?: "true" | "false";
            };
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. Without `nextCursor` it is the last one. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        servers: {
                            /** @description A server.json; of a deleted version its name and version alone. */
                            server: {
                                name: string;
                                description: string;
                                version: string;
                            } & {
                                [key: string]: unknown;
                            };
                            _meta: {
                                "io.modelcontextprotocol.registry/official": {
                                    /** @enum {string} */
                                    status: "active" | "deprecated" | "deleted";
                                    statusMessage?: string;
                                    statusChangedAt: string;
                                    publishedAt: string;
                                    updatedAt: string;
                                    isLatest: boolean;
                                };
                                "dev.nofx/registry": {
                                    id: string;
                                    version: number;
                                    digest: string;
                                };
                            };
                        }[];
                        metadata: {
                            count: number;
                            nextCursor?: string;
                        };
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRegistryVersions: {
        parameters: {
            query?: {
                /** @description Also versions that are not available any more. */
                include_deleted?: "true" | "false";
            };
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        servers: {
                            /** @description A server.json; of a deleted version its name and version alone. */
                            server: {
                                name: string;
                                description: string;
                                version: string;
                            } & {
                                [key: string]: unknown;
                            };
                            _meta: {
                                "io.modelcontextprotocol.registry/official": {
                                    /** @enum {string} */
                                    status: "active" | "deprecated" | "deleted";
                                    statusMessage?: string;
                                    statusChangedAt: string;
                                    publishedAt: string;
                                    updatedAt: string;
                                    isLatest: boolean;
                                };
                                "dev.nofx/registry": {
                                    id: string;
                                    version: number;
                                    digest: string;
                                };
                            };
                        }[];
                        metadata: {
                            count: number;
                            nextCursor?: string;
                        };
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showRegistryVersion: {
        parameters: {
            query?: {
                /** @description Also versions that are not available any more. */
                include_deleted?: "true" | "false";
            };
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded. */
                name: string;
                /** @description A version of the server as its manifest has it, or `latest`. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description A server.json; of a deleted version its name and version alone. */
                        server: {
                            name: string;
                            description: string;
                            version: string;
                        } & {
                            [key: string]: unknown;
                        };
                        _meta: {
                            "io.modelcontextprotocol.registry/official": {
                                /** @enum {string} */
                                status: "active" | "deprecated" | "deleted";
                                statusMessage?: string;
                                statusChangedAt: string;
                                publishedAt: string;
                                updatedAt: string;
                                isLatest: boolean;
                            };
                            "dev.nofx/registry": {
                                id: string;
                                version: number;
                                digest: string;
                            };
                        };
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    refuseRegistryEdit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded. */
                name: string;
                /** @description A version of the server as its manifest has it, or `latest`. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Not implemented; the problem names the command to use. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    refuseRegistryDelete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded. */
                name: string;
                /** @description A version of the server as its manifest has it, or `latest`. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Not implemented; the problem names the command to use. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    refuseRegistryPublish: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Not implemented; the problem names the command to use. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    refuseRegistryStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a server, such as `io.github.owner%2Fname`: its slash is sent encoded. */
                name: string;
                /** @description A version of the server as its manifest has it, or `latest`. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Not implemented; the problem names the command to use. */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            503: components["responses"]["Problem503"];
        };
    };
    showSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller and the registry. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Whether the request has credentials that were verified. */
                        signedIn: boolean;
                        /** @description Whether the caller may publish. */
                        publisher: boolean;
                        /** @description The name in the history; null for a secret key, which names no person. */
                        actor: string | null;
                        /** @description When the token ends. */
                        expiresAt: string | null;
                        /** @description The ways to sign in from a page here. */
                        signIn: ("code" | "github" | "password")[];
                        registry: {
                            name: string;
                            /** @enum {string} */
                            environment: "dev" | "hosted";
                            /** @description The version of NOFX. */
                            version: string;
                        };
                        /** @description What this place can do beside reads and writes: show `previews` and the `runs` of workers, keep `streams` of events open, and send the pings of `webhook-tests`. */
                        features: ("previews" | "runs" | "streams" | "webhook-tests")[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    startSignIn: {
        parameters: {
            query: {
                /** @description Where to sign in. */
                provider: "github";
                /** @description The page of the console to come back to: a path below `/console/`. */
                to: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redirects to the provider. */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description This provider is not enabled here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    finishSignIn: {
        parameters: {
            query?: {
                state?: string;
                /** @description What the session is exchanged for. */
                code?: string;
                error?: string;
                error_code?: string;
                error_description?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redirects to the page of the console, with the cookie of the session. */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            /** @description The provider refused, or the code has ended. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Providers are not enabled here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    refreshSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The session, with a token of its user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For `Authorization: Bearer …`; keep it in memory alone. */
                        accessToken: string;
                        /** Format: date-time */
                        expiresAt: string;
                        actor: string | null;
                        publisher: boolean;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            /** @description This browser is not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another page than the own one asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description This browser is not signed in any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            /** @description Another page than the own one asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    signInByCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description The session, with a token of its user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For `Authorization: Bearer …`; keep it in memory alone. */
                        accessToken: string;
                        /** Format: date-time */
                        expiresAt: string;
                        actor: string | null;
                        publisher: boolean;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            /** @description The code was used before, has ended, or never was. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another page than the own one asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Codes are not accepted here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createSignInCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The code. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description Codes are not accepted here, or the caller has no secret key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    signInByPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description The session, with a token of its user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For `Authorization: Bearer …`; keep it in memory alone. */
                        accessToken: string;
                        /** Format: date-time */
                        expiresAt: string;
                        actor: string | null;
                        publisher: boolean;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            /** @description The name or the password is wrong. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another page than the own one asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Passwords are not accepted here. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listKinds: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All kinds. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            singular: string;
                            manifestFile: string;
                            /** @description Every name that a manifest may have. */
                            manifestFiles: string[];
                            /** @description Whether its definitions can be made into plans. */
                            canInstantiate: boolean;
                            /** @description Whether its definitions have a graph. */
                            hasGraph: boolean;
                            /** @description Definitions by status. Readers see active and deprecated ones, publishers see all. */
                            counts: {
                                active: number;
                                deprecated: number;
                                draft?: number;
                                disabled?: number;
                                removed?: number;
                                /** @description Definitions with a draft that is not live. */
                                waiting?: number;
                                /** @description Definitions whose newest published content is held: their files cannot be published as they are. */
                                held?: number;
                            };
                        }[];
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRules: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All rules, by id. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @enum {string} */
                            severity: "error" | "warning";
                            /** @description What holds for definitions that keep the rule. */
                            summary: string;
                        }[];
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listReleases: {
        parameters: {
            query?: {
                /** @description Only releases that moved a definition of this kind. */
                kind?: string;
                /** @description Only releases that moved this definition of the kind. */
                id?: string;
                /** @description Only releases of this origin. */
                origin?: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable" | "withdraw";
                /** @description Only releases of exactly this actor. */
                actor?: string;
                /** @description Only releases of the commit that starts with these 4 to 40 digits. */
                commit?: string;
                /** @description Only releases at or after this time (ISO 8601). */
                since?: string;
                /** @description Only releases before this time (ISO 8601). */
                until?: string;
                /** @description The largest number of entries in a page; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. The header `Link` names the next one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseList"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showRelease: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The release. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Release"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The release does not exist, or several start like this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    undoRelease: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The reason, for the history. */
                    reason: string;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * @description Go on although live definitions lose something, or a definition was changed since.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description The release is undone, as a new release. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The first 30 definitions. */
                            items: {
                                /** @description The version that is live now; null if none is. */
                                from: number | null;
                                /** @description The version whose content is live afterwards; null if none is. */
                                to: number | null;
                                /** @description Null if there is nothing to compare, or the content stays the same. */
                                diff: {
                                    fields: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    files: {
                                        path: string;
                                        /** @enum {string} */
                                        change: "added" | "removed" | "changed";
                                        sizes: [
                                            number,
                                            number
                                        ];
                                        patch?: string;
                                        fields?: {
                                            path: string;
                                            before?: unknown;
                                            after?: unknown;
                                        }[];
                                        executable?: boolean;
                                    }[];
                                } | null;
                                /** @description What reaches further afterwards than now; the highest risk first. */
                                risks: {
                                    id: string;
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    field: string;
                                    message: string;
                                }[];
                                /** @description What reaches further now than afterwards; the highest risk first. */
                                risksGone: {
                                    id: string;
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    field: string;
                                    message: string;
                                }[];
                                /** @description The content that a publish does not make live again afterwards; null if none is added. */
                                holds: string | null;
                                kind: string;
                                id: string;
                                outcome: string;
                            }[];
                            /** @description How many definitions it moves. */
                            moved: number;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The release does not exist, or several start like this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A definition was changed since; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description The release has nothing left to undo, a rule refuses it, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showIncident: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The paragraph. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Markdown: what was done, by whom, why, what it reaches, how to undo it. */
                        incident: string;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The release does not exist, or is of another origin. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description `cursor` of the previous page; 0 for all events, `now` for future events, or a time in the past for the events after it: ISO 8601 with its zone; a date alone is its start in UTC. */
                since?: "now" | number | string;
                /** @description `mark` of the previous page. A registry that was restored from a backup since then answers 410 instead of events with the same numbers. */
                mark?: string;
                /** @description The largest number of events in a page; 100 by default. */
                limit?: number;
                /** @description Add to each event what made it, who and why; for publishers. */
                expand?: "release";
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description For a stream: the last event id that the reader has. It takes precedence over `since`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page, or with `Accept: text/event-stream` all events as they happen. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description The events after the cursor are no longer kept, or the cursor is of another registry. Take the `cursor` of `?since=now`, read every list again, and go on from it. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    receiveDeliveries: {
        parameters: {
            query?: never;
            header: {
                /** @description The id of this attempt; it is accepted once. */
                "webhook-id": string;
                /** @description Seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` followed by the signature. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description The delivery was accepted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            /** @description The delivery is not signed by the registry, is too old, or was accepted before; nothing was written. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listPreviews: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All previews. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            name: string;
                            /** @description Where its content comes from, such as a pull request. */
                            origin: string;
                            actor: string;
                            commit: string | null;
                            /** @enum {string} */
                            state: "open" | "closing";
                            expired: boolean;
                            /** @description The number of definitions that differ from production. */
                            changes: number;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The preview. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        /** @description Where its content comes from, such as a pull request. */
                        origin: string;
                        actor: string;
                        commit: string | null;
                        /** @enum {string} */
                        state: "open" | "closing";
                        expired: boolean;
                        /** @description The number of definitions that differ from production. */
                        changes: number;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        updatedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** @description Null if the preview cannot be read any more. */
                        plan: {
                            /** @description The first 50 definitions that a merge would publish. */
                            items: {
                                kind: string;
                                id: string;
                                /** @enum {string} */
                                action: "add" | "change" | "stale" | "held" | "refused";
                                digest: string;
                                note?: string;
                                /** @constant */
                                draft?: true;
                                diff: {
                                    fields: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    files: {
                                        path: string;
                                        /** @enum {string} */
                                        change: "added" | "removed" | "changed";
                                        sizes: [
                                            number,
                                            number
                                        ];
                                        patch?: string;
                                        fields?: {
                                            path: string;
                                            before?: unknown;
                                            after?: unknown;
                                        }[];
                                        executable?: boolean;
                                    }[];
                                } | null;
                                risks: {
                                    id: string;
                                    /** @enum {string} */
                                    level: "low" | "medium" | "high";
                                    field: string;
                                    message: string;
                                }[];
                                /** @description Live definitions that would lose something they need. */
                                breaks: string[];
                            }[];
                            /** @description The first 50 definitions that production has and the preview does not. */
                            missing: {
                                kind: string;
                                id: string;
                                requiredBy: string[];
                            }[];
                            /** @description Whether there are more of either. */
                            more: boolean;
                        } | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The preview does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description Only reports with this verdict. */
                verdict?: "accepted" | "refused";
                /** @description Only reports of publishes, or of `nofx validate --report`. */
                origin?: "publish" | "validate";
                /** @description Only reports of this pull request. */
                pullRequest?: number;
                /** @description The largest number of entries in a page; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. The header `Link` names the next one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @enum {string} */
                            origin: "publish" | "validate";
                            /** @enum {string} */
                            verdict: "accepted" | "refused";
                            /** @description The release of an accepted publish. */
                            releaseId: string | null;
                            message: string | null;
                            actor: string | null;
                            commit: {
                                sha: string | null;
                                ref: string | null;
                            };
                            pullRequest: number | null;
                            counts: {
                                definitions?: number;
                                errors: number;
                                warnings?: number;
                            };
                            /** @description The number of definitions with each outcome. */
                            outcomeCounts: {
                                [key: string]: number;
                            };
                            /** Format: date-time */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showReport: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        origin: "publish" | "validate";
                        /** @enum {string} */
                        verdict: "accepted" | "refused";
                        /** @description The release of an accepted publish. */
                        releaseId: string | null;
                        message: string | null;
                        actor: string | null;
                        commit: {
                            sha: string | null;
                            ref: string | null;
                        };
                        pullRequest: number | null;
                        counts: {
                            definitions?: number;
                            errors: number;
                            warnings?: number;
                        };
                        /** @description The number of definitions with each outcome. */
                        outcomeCounts: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        findings: {
                            path: string;
                            line: number;
                            column: number;
                            rule: string;
                            /** @enum {string} */
                            severity: "error" | "warning";
                            message: string;
                            hint: string;
                            kind?: string;
                            id?: string;
                        }[];
                        /** @description The number of findings that are not shown. */
                        leftOut: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The report does not exist, or several start like this. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All webhooks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: string;
                            /** @description The origin and `/…`: the rest may be a secret. */
                            url: string;
                            /** @description Whether it is a deployment of the HTTP API. */
                            deployment: boolean;
                            kinds: string[];
                            types: string[];
                            /** @enum {string} */
                            audience: "public" | "publisher";
                            /** @enum {string} */
                            state: "active" | "failing" | "disabled";
                            cursor: number;
                            /** @description The number of events that it has not got yet. */
                            lag: number;
                            attempts: number;
                            nextAt: string | null;
                            /** @description The status of the last answer; null without one. */
                            lastStatus: number | null;
                            lastError: string | null;
                            deliveredAt: string | null;
                            disabledAt: string | null;
                            createdBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            deadLetters: {
                                since: number;
                                cursor: number;
                                attempts: number;
                                /** @description The status of the last answer; null without one. */
                                lastStatus: number | null;
                                lastError: string | null;
                                /** Format: date-time */
                                at: string;
                            }[];
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What the receiver answered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The status of the answer; null without one. */
                        status: number | null;
                        ms: number;
                        error?: string;
                        retryAfter?: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The webhook does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listInstantiations: {
        parameters: {
            query?: {
                /** @description Only plans of definitions of this kind. */
                kind?: string;
                /** @description Only plans of definitions with this id. */
                id?: string;
                /** @description Only plans of exactly this actor. */
                actor?: string;
                /** @description The largest number of entries in a page; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. The header `Link` names the next one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            planId: string;
                            kind: string;
                            id: string;
                            version: number;
                            digest: string;
                            actor: string;
                            /** Format: date-time */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showInstantiation: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                planId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        planId: string;
                        /** Format: date-time */
                        createdAt: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The plan does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description Only runs in this state. */
                state?: "starting" | "running" | "paused" | "interrupted" | "done" | "failed" | "rolled-back" | "rollback-failed" | "unreadable";
                /** @description Only runs of plans of this template. */
                template?: string;
                /** @description Only runs of this plan. */
                planId?: string;
                /** @description The largest number of entries in a page; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page, which may have fewer runs than `limit`. The header `Link` names the next one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            runId: string;
                            /**
                             * @description `paused`: only an approval is missing. `interrupted`: no process executes it. `unreadable`: see `problem`.
                             * @enum {string}
                             */
                            state: "starting" | "running" | "paused" | "interrupted" | "done" | "failed" | "rolled-back" | "rollback-failed" | "unreadable";
                            /** @description What of its files cannot be read. */
                            problem: string | null;
                            planId: string | null;
                            template: {
                                kind: string;
                                id: string;
                                version: number;
                                digest: string;
                            } | null;
                            /** @description The preview of its plan. */
                            env: string | null;
                            startedAt: string | null;
                            /** @description The time of the last line of its journal. */
                            updatedAt: string | null;
                            /** @description The number of steps in each state. */
                            counts: {
                                [key: string]: number;
                            };
                            /** @description Steps that wait for an approval now. */
                            unapproved: string[];
                        }[];
                        nextCursor: string | null;
                        /** @description Why runs that are there may be missing. */
                        problem: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description This place has no runs: a deployment does not see those of its workers. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                runId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        runId: string;
                        /**
                         * @description `paused`: only an approval is missing. `interrupted`: no process executes it. `unreadable`: see `problem`.
                         * @enum {string}
                         */
                        state: "starting" | "running" | "paused" | "interrupted" | "done" | "failed" | "rolled-back" | "rollback-failed" | "unreadable";
                        /** @description What of its files cannot be read. */
                        problem: string | null;
                        planId: string | null;
                        template: {
                            kind: string;
                            id: string;
                            version: number;
                            digest: string;
                        } | null;
                        /** @description The preview of its plan. */
                        env: string | null;
                        startedAt: string | null;
                        /** @description The time of the last line of its journal. */
                        updatedAt: string | null;
                        /** @description The number of steps in each state. */
                        counts: {
                            [key: string]: number;
                        };
                        /** @description Steps that wait for an approval now. */
                        unapproved: string[];
                        locks: {
                            kind: string;
                            id: string;
                            version: number;
                            digest: string;
                        }[];
                        /** @description Names of secret parameters; no value is kept. */
                        secrets: string[];
                        steps: {
                            /** @description The id of the step. */
                            id: string;
                            /** @description The agent at the version that the plan is locked to. */
                            agent: {
                                id: string;
                                version: number;
                                digest: string;
                            } | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "retrying" | "interrupted" | "unapproved" | "done" | "failed" | "skipped" | "not-run";
                            /** @description The last 20 attempts, oldest first. */
                            attempts: {
                                attempt: number;
                                startedAt: string | null;
                                endedAt: string | null;
                                /** @enum {string} */
                                result: "running" | "done" | "failed" | "interrupted";
                                error?: string;
                            }[];
                            /** @description The number of all attempts. */
                            tries: number;
                            /** @description Milliseconds of all ended attempts. */
                            ms: number;
                            error: string | null;
                            name: string;
                            dependsOn: string[];
                            /** @enum {string} */
                            approval: "none" | "manual";
                            /** @enum {string} */
                            sideEffects: "none" | "reversible" | "irreversible";
                            /** @description At most 4,000 characters of each, and 200,000 of all. */
                            outputs: {
                                name: string;
                                /** @description The beginning of the output: a text as it is, another value as JSON. */
                                text: string;
                                /** @description The number of characters of the whole output. */
                                length: number;
                            }[];
                        }[];
                        /** @description What was undone, in order. */
                        rollback: {
                            /** @description The id of the step. */
                            id: string;
                            /** @description The agent at the version that the plan is locked to. */
                            agent: {
                                id: string;
                                version: number;
                                digest: string;
                            } | null;
                            /** @enum {string} */
                            state: "waiting" | "running" | "retrying" | "interrupted" | "unapproved" | "done" | "failed" | "skipped" | "not-run";
                            /** @description The last 20 attempts, oldest first. */
                            attempts: {
                                attempt: number;
                                startedAt: string | null;
                                endedAt: string | null;
                                /** @enum {string} */
                                result: "running" | "done" | "failed" | "interrupted";
                                error?: string;
                            }[];
                            /** @description The number of all attempts. */
                            tries: number;
                            /** @description Milliseconds of all ended attempts. */
                            ms: number;
                            error: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The run does not exist, or this place has no runs. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showSchema: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": Record<string, never>;
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listDefinitions: {
        parameters: {
            query?: {
                /** @description Only these states, separated by commas. Readers see active and deprecated definitions, publishers see all. */
                status?: ("active" | "deprecated" | "disabled" | "draft" | "removed")[];
                /** @description Only definitions with exactly this tag. */
                tag?: string;
                /** @description Only definitions that offer the skill with this id. */
                skill?: string;
                /** @description Only definitions of exactly this category. */
                category?: string;
                /** @description Only definitions of exactly this owner. */
                owner?: string;
                /** @description Only definitions whose id, name, summary or tags contain this text. */
                search?: string;
                /** @description Only definitions with a draft that is not live; for publishers. */
                waiting?: "true";
                /** @description Only definitions whose newest published content is held; for publishers. */
                held?: "true";
                /** @description What was live at this time (ISO 8601), instead of now; for publishers. */
                at?: string;
                /** @description `id`, or `-updatedAt` for those first that moved last. */
                sort?: "id" | "-updatedAt";
                /** @description `row` for the fields of a table alone, up to 500 in a page; `manifest` for the manifest and the files of each live version, too, up to 50 in a page. */
                view?: "row" | "manifest";
                /** @description The largest number of entries in a page, up to 100, with `view=row` 500, with `view=manifest` 50; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description `updatedSince` of an earlier list: only definitions published, rolled back or promoted since. In a preview only those that changed in the preview itself. A registry that was restored from a backup since then answers 400. */
                updatedSince?: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. The header `Link` names the next one. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionList"];
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The live version; for publishers the newest draft when none is live. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Definition"];
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The definition does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content was withdrawn and deleted. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listVersions: {
        parameters: {
            query?: {
                /** @description The largest number of entries in a page; 25 by default. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. The header `Link` names the next one. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionList"];
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The definition does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showVersion: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description Not modified: a version never changes. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The version does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content was withdrawn and deleted. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    redirectToBundle: {
        parameters: {
            query?: {
                /** @description This version instead of the live one. */
                version?: number;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The archive, for a client that follows the redirect: a gzipped tar of the files. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": Record<string, never>;
                };
            };
            /** @description Redirects to a signed URL that is valid for one minute. */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The version does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content was withdrawn and deleted. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    diffVersions: {
        parameters: {
            query: {
                /** @description The version before; in a preview also `production`, for what is live there. */
                from: "production" | number;
                /** @description The version after. */
                to: number;
                /** @description Lines around each change in a text; 3 by default. */
                context?: number;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The differences. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionDiff"];
                };
            };
            /** @description Not modified: versions never change. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description One of the two versions does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content was withdrawn and deleted. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showLinks: {
        parameters: {
            query?: {
                /** @description The links of this version; `met` then says what would hold if it were live. */
                version?: number;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links that the caller may see. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        kind: string;
                        id: string;
                        /** @description The version whose links these are. */
                        version: number;
                        needs: {
                            kind: string;
                            id: string;
                            /** @enum {string} */
                            relation: "requires" | "mentions" | "demands";
                            /** @description The versions that it accepts; null for any. */
                            range: string | null;
                            /** @description For `demands`: what one of the named definitions must offer. */
                            provides?: string;
                            met: boolean;
                            live: {
                                version: number;
                                declaredVersion: string | null;
                            } | null;
                        }[];
                        neededBy: {
                            kind: string;
                            id: string;
                            /** @enum {string} */
                            relation: "requires" | "mentions" | "demands";
                            /** @description The versions that it accepts; null for any. */
                            range: string | null;
                            /** @description For `demands`: what one of the named definitions must offer. */
                            provides?: string;
                            met: boolean;
                            /** @description Its live version; null for a draft. */
                            version: number | null;
                        }[];
                        /** @description The definitions of `neededBy`, as `kind/id`, that are live and lack something if this version is live. */
                        breaks: string[];
                        /** @description Whether links are left out: up to 200 are shown in each direction. */
                        more: boolean;
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The definition or the version does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showGraph: {
        parameters: {
            query?: {
                /** @description This version instead of the live one. */
                version?: number;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The graph. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nodes: {
                            id: string;
                            label: string;
                            notes: string[];
                        }[];
                        /** @description `to` comes after `from`. */
                        edges: {
                            from: string;
                            to: string;
                        }[];
                    };
                };
            };
            /** @description Not modified since the answer with this ETag. */
            304: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description Definitions of this kind have no graph, or the version does not exist or is not public. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content was withdrawn and deleted. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            /** @description The manifest does not fit this version of NOFX. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    showLive: {
        parameters: {
            query: {
                /** @description A time in the past, ISO 8601 with its zone; a date alone is its start in UTC. */
                at: string;
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version, or why there was none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        /** @description The version that readers got then; null if none was live. */
                        live: {
                            kind: string;
                            id: string;
                            version: number;
                            digest: string;
                            promptHash: string;
                            /** @enum {string} */
                            status: "draft" | "active" | "deprecated" | "disabled" | "removed";
                            declaredVersion: string | null;
                            commitSha: string;
                            commitRank: number;
                            /** @enum {string} */
                            origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
                            releaseId: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** @description When the content was withdrawn and deleted. */
                            withdrawnAt: string | null;
                            /** @description Who made the version; for publishers only. */
                            actor?: string;
                            /** @description Why; for publishers only. */
                            reason?: string | null;
                            /** @description The branch or tag; for publishers only. */
                            commitRef?: string | null;
                            /** @description Whether files were not committed; for publishers only. */
                            dirty?: boolean;
                        } | null;
                        /** @description The version that had removed or disabled the definition; null if it was live, or never had been. */
                        gone: {
                            kind: string;
                            id: string;
                            version: number;
                            digest: string;
                            promptHash: string;
                            /** @enum {string} */
                            status: "draft" | "active" | "deprecated" | "disabled" | "removed";
                            declaredVersion: string | null;
                            commitSha: string;
                            commitRank: number;
                            /** @enum {string} */
                            origin: "publish" | "rollback" | "remove" | "undelete" | "promote" | "rebase" | "disable" | "enable";
                            releaseId: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** @description When the content was withdrawn and deleted. */
                            withdrawnAt: string | null;
                            /** @description Who made the version; for publishers only. */
                            actor?: string;
                            /** @description Why; for publishers only. */
                            reason?: string | null;
                            /** @description The branch or tag; for publishers only. */
                            commitRef?: string | null;
                            /** @description Whether files were not committed; for publishers only. */
                            dirty?: boolean;
                        } | null;
                        /** @description Until when that was so; null if it is so today. */
                        until: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            /** @description The definition does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            414: components["responses"]["Problem414"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    validateDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The folder’s name; without it the id of the manifest. */
                    id?: string;
                    /** @description Text by path inside the folder. */
                    files: {
                        [key: string]: string;
                    };
                    /** @description Files below `assets/` by path, by their hashes: their content is not sent. */
                    assets?: {
                        [key: string]: {
                            /** @description In bytes. */
                            size: number;
                            sha256: string;
                        };
                    };
                } | {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The result of the check, with or without errors. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description False when there is an error. Warnings do not count. */
                        valid: boolean;
                        errors: {
                            /** @description Dotted path in the manifest; empty if the finding is about a whole file. */
                            field: string;
                            message: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "error" | "warning";
                            hint: string;
                            /** @description Path inside the folder; empty if the finding is about the folder. */
                            file: string;
                            line: number;
                            column: number;
                        }[];
                        /** @description The number of further findings; absent if there are none. */
                        more?: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    compareDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The folder’s name; without it the id of the manifest. */
                    id?: string;
                    /** @description Text by path inside the folder. */
                    files: {
                        [key: string]: string;
                    };
                    /** @description Files below `assets/` by path, by their hashes: their content is not sent. */
                    assets?: {
                        [key: string]: {
                            /** @description In bytes. */
                            size: number;
                            sha256: string;
                        };
                    };
                };
            };
        };
        responses: {
            /** @description What a publish would find and do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The findings of `nofx validate`. */
                        findings: {
                            /** @description Dotted path in the manifest; empty if the finding is about a whole file. */
                            field: string;
                            message: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "error" | "warning";
                            hint: string;
                            /** @description Path inside the folder; empty if the finding is about the folder. */
                            file: string;
                            line: number;
                            column: number;
                        }[];
                        /** @description The number of further findings; absent if there are none. */
                        more?: number;
                        /**
                         * @description What a publish would do; `refused` also when a finding is an error.
                         * @enum {string}
                         */
                        action: "add" | "change" | "unchanged" | "held" | "refused";
                        /** @description Why nothing would change. */
                        note?: string;
                        /** @description Against what it would replace: the live version, for a draft the newest one. Null without one, or if the manifest cannot be read. */
                        diff: {
                            fields: {
                                path: string;
                                before?: unknown;
                                after?: unknown;
                            }[];
                            files: {
                                path: string;
                                /** @enum {string} */
                                change: "added" | "removed" | "changed";
                                sizes: [
                                    number,
                                    number
                                ];
                                patch?: string;
                                fields?: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                executable?: boolean;
                            }[];
                        } | null;
                        /** @description The highest risk first. */
                        risks: {
                            id: string;
                            /** @enum {string} */
                            level: "low" | "medium" | "high";
                            field: string;
                            message: string;
                        }[];
                        /** @description The live definitions, as `kind/id`, that would lose something they need. */
                        breaks: string[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    rollbackDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412. */
                "If-Match"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The version whose content is live afterwards; without it, the last live one before the present one that is neither held nor withdrawn. */
                    targetVersion?: number;
                    /** @description The reason, for the history. */
                    reason: string;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * @description Go on although live definitions lose something that they need.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description The content is live again, as a new version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The version that is live now; null if none is. */
                            from: number | null;
                            /** @description The version whose content is live afterwards; null if none is. */
                            to: number | null;
                            /** @description Null if there is nothing to compare, or the content stays the same. */
                            diff: {
                                fields: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                files: {
                                    path: string;
                                    /** @enum {string} */
                                    change: "added" | "removed" | "changed";
                                    sizes: [
                                        number,
                                        number
                                    ];
                                    patch?: string;
                                    fields?: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    executable?: boolean;
                                }[];
                            } | null;
                            /** @description What reaches further afterwards than now; the highest risk first. */
                            risks: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description What reaches further now than afterwards; the highest risk first. */
                            risksGone: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description The content that a publish does not make live again afterwards; null if none is added. */
                            holds: string | null;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description Another caller changed the definition at the same time; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The definition does not match `If-Match`; nothing was written. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description A rule refuses it, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    disableDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412. */
                "If-Match"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The reason, for the history. */
                    reason: string;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description The definition is disabled, as a new version; `unchanged` if it was disabled before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The version that is live now; null if none is. */
                            from: number | null;
                            /** @description The version whose content is live afterwards; null if none is. */
                            to: number | null;
                            /** @description Null if there is nothing to compare, or the content stays the same. */
                            diff: {
                                fields: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                files: {
                                    path: string;
                                    /** @enum {string} */
                                    change: "added" | "removed" | "changed";
                                    sizes: [
                                        number,
                                        number
                                    ];
                                    patch?: string;
                                    fields?: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    executable?: boolean;
                                }[];
                            } | null;
                            /** @description What reaches further afterwards than now; the highest risk first. */
                            risks: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description What reaches further now than afterwards; the highest risk first. */
                            risksGone: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description The content that a publish does not make live again afterwards; null if none is added. */
                            holds: string | null;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description Another caller changed the definition at the same time; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The definition does not match `If-Match`; nothing was written. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description The definition has no live version, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    enableDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412. */
                "If-Match"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The reason, for the history. */
                    reason: string;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * @description Go on although live definitions lose something that they need.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description The newest content that is not a draft is live; `unchanged` if it was enabled before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The version that is live now; null if none is. */
                            from: number | null;
                            /** @description The version whose content is live afterwards; null if none is. */
                            to: number | null;
                            /** @description Null if there is nothing to compare, or the content stays the same. */
                            diff: {
                                fields: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                files: {
                                    path: string;
                                    /** @enum {string} */
                                    change: "added" | "removed" | "changed";
                                    sizes: [
                                        number,
                                        number
                                    ];
                                    patch?: string;
                                    fields?: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    executable?: boolean;
                                }[];
                            } | null;
                            /** @description What reaches further afterwards than now; the highest risk first. */
                            risks: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description What reaches further now than afterwards; the highest risk first. */
                            risksGone: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description The content that a publish does not make live again afterwards; null if none is added. */
                            holds: string | null;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description Another caller changed the definition at the same time; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The definition does not match `If-Match`; nothing was written. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description Something that it requires is not live, its manifest has the status `disabled`, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    promoteDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412. */
                "If-Match"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The reason, for the history. */
                    reason?: string;
                    /** @description The draft to promote. `If-Match` names the live version, which a newer draft does not change. */
                    version?: number;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * @description Go on although live definitions lose something that they need.
                     * @default false
                     */
                    force?: boolean;
                };
            };
        };
        responses: {
            /** @description The draft is live, as a new version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The version that is live now; null if none is. */
                            from: number | null;
                            /** @description The version whose content is live afterwards; null if none is. */
                            to: number | null;
                            /** @description Null if there is nothing to compare, or the content stays the same. */
                            diff: {
                                fields: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                files: {
                                    path: string;
                                    /** @enum {string} */
                                    change: "added" | "removed" | "changed";
                                    sizes: [
                                        number,
                                        number
                                    ];
                                    patch?: string;
                                    fields?: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    executable?: boolean;
                                }[];
                            } | null;
                            /** @description What reaches further afterwards than now; the highest risk first. */
                            risks: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description What reaches further now than afterwards; the highest risk first. */
                            risksGone: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description The content that a publish does not make live again afterwards; null if none is added. */
                            holds: string | null;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                        /** @description The result of the deploy hook, if the deployment has one. Absent when the answer is repeated for a key. */
                        deployHook?: {
                            rung: boolean;
                            tries: number;
                            /** @description Why the deploy hook was not called; the promotion stands. */
                            reason?: string;
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description The newest version is not `version`, or another caller changed the definition; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The definition does not match `If-Match`; nothing was written. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description The definition has no draft, a rule refuses it, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    undeleteDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412. */
                "If-Match"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The reason, for the history. */
                    reason?: string;
                    /**
                     * @description Answer with what would happen, in `plan`, and write nothing.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description The definition is back, as a new version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        releaseId: string | null;
                        /** @description Whether this answer was stored under the idempotency key earlier. */
                        replayed: boolean;
                        dryRun: boolean;
                        /** @description Number of the last event. */
                        seq: number;
                        outcomes: {
                            kind: string;
                            id: string;
                            outcome: string;
                            version: number | null;
                            digest: string | null;
                        }[];
                        /** @description Only in the answer to a dry run, which writes nothing. */
                        plan?: {
                            /** @description The version that is live now; null if none is. */
                            from: number | null;
                            /** @description The version whose content is live afterwards; null if none is. */
                            to: number | null;
                            /** @description Null if there is nothing to compare, or the content stays the same. */
                            diff: {
                                fields: {
                                    path: string;
                                    before?: unknown;
                                    after?: unknown;
                                }[];
                                files: {
                                    path: string;
                                    /** @enum {string} */
                                    change: "added" | "removed" | "changed";
                                    sizes: [
                                        number,
                                        number
                                    ];
                                    patch?: string;
                                    fields?: {
                                        path: string;
                                        before?: unknown;
                                        after?: unknown;
                                    }[];
                                    executable?: boolean;
                                }[];
                            } | null;
                            /** @description What reaches further afterwards than now; the highest risk first. */
                            risks: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description What reaches further now than afterwards; the highest risk first. */
                            risksGone: {
                                id: string;
                                /** @enum {string} */
                                level: "low" | "medium" | "high";
                                field: string;
                                message: string;
                            }[];
                            /** @description The content that a publish does not make live again afterwards; null if none is added. */
                            holds: string | null;
                            /** @description The live definitions, as `kind/id`, that would lose something they need: only `force` does it. */
                            breaks: string[];
                        };
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description Another caller changed the definition at the same time; nothing was written. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The definition does not match `If-Match`; nothing was written. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description The definition is not removed, something that it requires is not live, or the idempotency key belongs to another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    instantiateDefinition: {
        parameters: {
            query?: {
                /** @description The preview to use, for publishers; production by default. */
                env?: string;
            };
            header?: {
                /** @description The same as `env`; a request that has both must give the same name in both. */
                "X-Nofx-Env"?: string;
                /** @description 8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once. */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: "servers" | "agents" | "skills" | "templates";
                /** @description Lower-case words joined by hyphens; a definition’s own id equals its folder’s name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Values by name, as the manifest declares them.
                     * @default {}
                     */
                    parameters?: {
                        [key: string]: unknown;
                    };
                    /**
                     * @description Make the plan without storing it.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description The plan made earlier with this key, or a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        planId?: string;
                        /** Format: date-time */
                        createdAt?: string;
                        replayed?: boolean;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The plan. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        planId?: string;
                        /** Format: date-time */
                        createdAt?: string;
                        replayed?: boolean;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            /** @description A definition that the plan needs is not live, or kept changing while the plan was made. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["Problem413"];
            414: components["responses"]["Problem414"];
            415: components["responses"]["Problem415"];
            /** @description The parameters are invalid (`errors` says which), or the key belongs to another plan. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
