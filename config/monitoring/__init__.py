"""What the dashboards show, asked as Grafana asks it."""
