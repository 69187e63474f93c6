import './sign-in-page.css';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { currentUser, register, signIn } from '../../api/session.ts';
import { PageTitle } from '../../layout/plain-page.tsx';
import { messages } from '../../messages/messages.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { Link, navigate } from '../../platform/router.tsx';
import { useStore } from '../../platform/store.ts';
import { Field } from './field.tsx';

const PASSWORD_CHARS_MIN = 10;
const FIELDS = ['email', 'password', 'name'] as const;
type FieldName = (typeof FIELDS)[number];

export function SignInPage() {
  const user = useStore(currentUser);
  const [isNew, setIsNew] = useState(false);
  const { account } = messages;
  if (user !== null && user !== undefined && !user.isGuest) {
    return (
      <div className="page page-narrow sign-in">
        <PageTitle>{account.signInTitle}</PageTitle>
        <p>{account.signedInAs(user.email ?? user.name ?? '')}</p>
        <Link to="/bookings" className="button button-main">
          {messages.site.bookings}
        </Link>
      </div>
    );
  }
  return (
    <div className="page page-narrow sign-in">
      <PageTitle>{isNew ? account.registerTitle : account.signInTitle}</PageTitle>
      <AccountForm key={String(isNew)} isNew={isNew} />
      <button type="button" className="button button-quiet" onClick={() => setIsNew(!isNew)}>
        {isNew ? account.toSignIn : account.toRegister}
      </button>
      <p className="soft small">{account.guestNote}</p>
    </div>
  );
}

function AccountForm({ isNew }: { isNew: boolean }) {
  const { account } = messages;
  const [error, setError] = useState<unknown>(null);
  const [isWorking, setIsWorking] = useState(false);
  const send = async (form: FormData) => {
    setIsWorking(true);
    setError(null);
    try {
      await enter(form, isNew);
      navigate(pageAfter());
    } catch (caught) {
      setError(caught);
      setIsWorking(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isWorking) void send(new FormData(event.currentTarget));
  };
  const faultOf = (field: FieldName) =>
    error instanceof ApiProblem && error.faults.some(({ path }) => path === field)
      ? account.faults[field]
      : undefined;
  const hasFieldFault = FIELDS.some((field) => faultOf(field) !== undefined);
  return (
    <form className="card sign-in-form" onSubmit={submit}>
      {error !== null && !hasFieldFault && (
        <p className="notice notice-bad" role="alert">
          {plainWords(error)}
        </p>
      )}
      {isNew && (
        <Field name="name" label={account.name} type="text" autoComplete="name" fault={faultOf('name')} />
      )}
      <Field
        name="email"
        label={account.email}
        type="email"
        autoComplete="username"
        fault={faultOf('email')}
      />
      <Field
        name="password"
        label={account.password}
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        hint={isNew ? account.passwordHint : undefined}
        minLength={isNew ? PASSWORD_CHARS_MIN : undefined}
        fault={faultOf('password')}
      />
      <button type="submit" className="button button-main" aria-disabled={isWorking}>
        {isWorking ? account.working : isNew ? account.register : account.signIn}
      </button>
    </form>
  );
}

async function enter(form: FormData, isNew: boolean): Promise<void> {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  if (isNew) await register(field('name'), field('email'), field('password'));
  else await signIn(field('email'), field('password'));
}

/** Where one was going; only pages of ours. */
function pageAfter(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  return /^\/(?!\/)[\w/-]*$/.test(next) ? next : '/bookings';
}
