import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { isCode } from "@/api/problem";
import { buildTokensQuery, type Token, useRevokeToken } from "@/api/settings";
import { Button, IconButton } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Dotted } from "@/components/dotted";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";
import { Tag } from "@/components/tag";
import { RelativeTime } from "@/components/time";
import { toast } from "@/components/toast";

import { NewToken } from "./new-token";

/** Who may ask the server from elsewhere. */
export function TokensTab() {
  const { data, isPending, error, refetch } = useQuery(buildTokensQuery());
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const revoke = useRevokeToken();
  if (isPending) {
    return (
      <Loading label="Loading tokens">
        <Skeleton className="h-40 max-w-3xl rounded-lg opacity-60" />
      </Loading>
    );
  }
  if (!data) {
    return isCode(error, "forbidden") ? (
      <EmptyState icon={<KeyRound />} title="Not for this token">
        Tokens are managed with a token of the scope <code>admin</code>.
      </EmptyState>
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  const make = (
    <Button variant="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden="true" />
      New token
    </Button>
  );
  return (
    <div className="max-w-3xl">
      {data.items.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No tokens" actions={make}>
          Programs and people on other machines say with a token who they are.
        </EmptyState>
      ) : (
        <>
          <div className="mb-3 flex justify-end">{make}</div>
          <ul aria-label="Tokens" className="rounded-lg border border-line bg-surface shadow-1">
            {data.items.map((token) => (
              <TokenRow key={token.name} token={token} onRevoke={() => setLeaving(token)} />
            ))}
          </ul>
        </>
      )}
      {making && <NewToken onClose={() => setMaking(false)} />}
      <Confirm
        open={leaving !== null}
        title={`Revoke “${leaving?.name ?? ""}”?`}
        action="Revoke it"
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving === null) return;
          revoke.mutate(leaving.name, {
            onSuccess: () => toast.success(`Revoked: ${leaving.name}`),
            onError: (problem) => toast.error("Not revoked", problem),
          });
          setLeaving(null);
        }}
      >
        Whoever uses it is not believed any more, from now on.
      </Confirm>
    </div>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const { name, scope, created_at, created_by, last_used_at, expires_at } = token;
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-2.5 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="min-w-0 truncate text-sm font-medium">{name}</span>
          <Tag className="shrink-0">{scope}</Tag>
        </p>
        <Dotted className="text-xs text-ink-3">
          <span>
            made <RelativeTime at={created_at} /> by {created_by}
          </span>
          <span>
            {last_used_at === null ? (
              "never used"
            ) : (
              <>
                used <RelativeTime at={last_used_at} />
              </>
            )}
          </span>
          {expires_at !== null && (
            <span>
              ends <RelativeTime at={expires_at} />
            </span>
          )}
        </Dotted>
      </div>
      <IconButton label={`Revoke ${name}`} size="icon-sm" onClick={onRevoke}>
        <Trash2 />
      </IconButton>
    </li>
  );
}
