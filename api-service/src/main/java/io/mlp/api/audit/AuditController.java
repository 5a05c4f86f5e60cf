package io.mlp.api.audit;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/audit}: for administrators. */
@RestController
class AuditController {
  private final Audit audit;

  AuditController(Audit audit) {
    this.audit = audit;
  }

  @GetMapping("/v1/audit")
  Audit.Page list(
      @RequestParam(required = false) @Nullable String owner,
      @RequestParam(required = false) @Nullable String subject,
      @RequestParam(required = false) @Nullable String act,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    return audit.page(AuditFilter.of(owner, subject, act, cursor, limit));
  }
}
