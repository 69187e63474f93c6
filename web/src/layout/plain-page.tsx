import { type ReactNode, useEffect, useRef } from 'react';
import { messages } from '../messages/messages.ts';
import { Link } from '../platform/router.tsx';

/** A page's heading: gives the document its title, and takes the focus when one comes from another page of ours. */
export function PageTitle({ children, className }: { children: string; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = children === messages.site.name ? children : `${children} · ${messages.site.name}`;
  }, [children]);
  useEffect(() => {
    if (history.state !== null) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}

/** A page that says one thing, and how to go on. */
export function PlainPage({
  title,
  words,
  children,
}: {
  title: string;
  words: string;
  children?: ReactNode;
}) {
  return (
    <div className="page page-narrow plain-page">
      <PageTitle>{title}</PageTitle>
      <p>{words}</p>
      {children ?? (
        <Link to="/" className="button button-main">
          {messages.site.toEvents}
        </Link>
      )}
    </div>
  );
}
